/** An event of a `text/event-stream` (HTML, section 9.2). */
export interface StreamEvent {
  /** `message` where none is named. */
  readonly event: string;
  readonly data: string;
  /** True for a comment, whose text is `data`. */
  readonly isComment: boolean;
}

/** Events of a stream as they come; lines may end with CR, LF or both, and pieces may break anywhere. */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A CR at the very end may be half of a line end.
      const text = done || !rest.endsWith("\r") ? rest.replaceAll(/\r\n?/g, "\n") : rest;
      const blocks = text.split("\n\n");
      rest = done ? "" : (blocks.pop() ?? "");
      for (const block of blocks) yield* eventsOfBlock(block);
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Events of a stream that is there as a whole. */
export function eventsOfText(text: string): StreamEvent[] {
  return text.replaceAll(/\r\n?/g, "\n").split("\n\n").flatMap(eventsOfBlock);
}

function eventsOfBlock(block: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith(":")) events.push({ event: "", data: line.slice(1).trim(), isComment: true });
    else if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return data.length === 0 ? events : [...events, { event, data: data.join("\n"), isComment: false }];
}
