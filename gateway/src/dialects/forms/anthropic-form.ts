import type { AnswerForm } from "./answer-form.ts";
import { cutMember } from "./cut-member.ts";
import { isRecord, type Members, membersOf } from "./members.ts";

/** Messages, https://docs.claude.com/en/docs/build-with-claude/streaming. */
export const anthropicForm: AnswerForm = {
  fullOptions: "",
  asked(target, body) {
    const stream = cutMember(body, "stream");
    const kind = stream?.value === true ? "stream" : "json";
    return { kind, target, body: stream?.rest ?? body, options: "" };
  },
  toStream(answer) {
    if (!isRecord(answer) || answer["type"] !== "message" || !Array.isArray(answer["content"])) return null;
    const { content, stop_reason: stopReason, stop_sequence: stopSequence = null, usage, ...rest } = answer;
    const begun = { ...rest, content: [], stop_reason: null, stop_sequence: null };
    const events = [
      event({ type: "message_start", message: { ...begun, usage: { ...membersOf(usage), output_tokens: 0 } } }),
    ];
    for (const [index, block] of (content as unknown[]).map(membersOf).entries()) {
      const { start, deltas } = partsOf(block);
      events.push(event({ type: "content_block_start", index, content_block: start }));
      for (const delta of deltas) events.push(event({ type: "content_block_delta", index, delta }));
      events.push(event({ type: "content_block_stop", index }));
    }
    const delta = { stop_reason: stopReason, stop_sequence: stopSequence };
    events.push(event({ type: "message_delta", delta, usage: membersOf(usage) }), event({ type: "message_stop" }));
    return events;
  },
  toAnswer(events) {
    let message: Record<string, unknown> | null = null;
    const blocks: Record<string, unknown>[] = [];
    const inputs = new Map<number, string>();
    let isWhole = false;
    for (const each of events.map(membersOf)) {
      const index = Number(each["index"]);
      const block = blocks[index];
      switch (each["type"]) {
        case "message_start":
          message = { ...membersOf(each["message"]) };
          break;
        case "content_block_start":
          blocks[index] = { ...membersOf(each["content_block"]) };
          break;
        case "content_block_delta":
          if (block === undefined || !addDelta(block, membersOf(each["delta"]), { inputs, index })) return null;
          break;
        case "content_block_stop":
          if (block === undefined || !endBlock(block, inputs.get(index))) return null;
          break;
        case "message_delta":
          if (message === null) return null;
          Object.assign(message, each["delta"]);
          message["usage"] = { ...membersOf(message["usage"]), ...present(membersOf(each["usage"])) };
          break;
        case "message_stop":
          isWhole = true;
          break;
        case "ping":
          break;
        default:
          return null;
      }
    }
    return message === null || !isWhole ? null : { ...message, content: blocks };
  },
};

function event(data: { readonly type: string } & Members): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A block as it begins, and what follows. Blocks of unknown kinds come whole at once, as the results of tools do. */
function partsOf(block: Members): { readonly start: Members; readonly deltas: readonly Members[] } {
  const { text, citations, thinking, signature, input } = block;
  if (block["type"] === "text") {
    const cited = (Array.isArray(citations) ? citations : []).map((citation: unknown) => ({
      type: "citations_delta",
      citation,
    }));
    const start = { ...block, text: "", ...(Array.isArray(citations) ? { citations: [] } : {}) };
    return { start, deltas: [{ type: "text_delta", text }, ...cited] };
  }
  if (block["type"] === "thinking") {
    const signed = signature === undefined ? [] : [{ type: "signature_delta", signature }];
    return {
      start: { ...block, thinking: "", signature: "" },
      deltas: [{ type: "thinking_delta", thinking }, ...signed],
    };
  }
  if (input === undefined) return { start: block, deltas: [] };
  return {
    start: { ...block, input: {} },
    deltas: [{ type: "input_json_delta", partial_json: JSON.stringify(input) }],
  };
}

function addDelta(
  block: Record<string, unknown>,
  delta: Members,
  { inputs, index }: { readonly inputs: Map<number, string>; readonly index: number },
): boolean {
  const append = (name: string): boolean => {
    block[name] = `${(block[name] as string | undefined) ?? ""}${String(delta[name])}`;
    return true;
  };
  switch (delta["type"]) {
    case "text_delta":
      return append("text");
    case "thinking_delta":
      return append("thinking");
    case "signature_delta":
      return append("signature");
    case "citations_delta":
      block["citations"] = [...((block["citations"] as unknown[] | null | undefined) ?? []), delta["citation"]];
      return true;
    case "input_json_delta":
      inputs.set(index, `${inputs.get(index) ?? ""}${String(delta["partial_json"])}`);
      return true;
    default:
      return false;
  }
}

/** @returns false when what came of the block's input is no JSON. */
function endBlock(block: Record<string, unknown>, input: string | undefined): boolean {
  if (input === undefined || input === "") return true;
  try {
    block["input"] = JSON.parse(input);
    return true;
  } catch {
    return false;
  }
}

/** Nulls say nothing new. */
function present(usage: Members): Members {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}
