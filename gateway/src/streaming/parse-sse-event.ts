/** The fields of an SSE event that carry meaning here. */
export interface SseFields {
  /** The `event` field; empty when absent. */
  readonly type: string;
  /** All `data` lines, joined by LF. */
  readonly data: string;
}

/**
 * The fields of one event's raw bytes, or null when it has no `data` line: a comment, or only an id or a retry time.
 * One space after the colon is dropped; a byte order mark before the first field is ignored (HTML standard, §9.2.6).
 */
export function parseSseEvent(raw: Uint8Array): SseFields | null {
  const text = new TextDecoder().decode(raw);
  let type = "";
  let data: string | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "event") type = value;
    else if (name === "data") data = data === null ? value : `${data}\n${value}`;
  }
  return data === null ? null : { type, data };
}
