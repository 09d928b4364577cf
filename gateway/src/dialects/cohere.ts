import type { Dialect, EventKind, StreamEvent, UsageRules } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { isRecord, readPath, readText } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

/**
 * `tokens` counts what the model read and wrote, `billed_units` what is charged of it; the former is what other vendors tell and so comes first,
 * embeddings tell only the latter (docs.cohere.com/reference/chat, "usage"; docs.cohere.com/v1/reference/chat, "meta").
 */
const usage: UsageRules = {
  at: ["usage", "delta.usage", "meta", "response.meta"],
  merge: "last",
  counts: {
    inputTokens: [["tokens.input_tokens", "billed_units.input_tokens"]],
    outputTokens: [["tokens.output_tokens", "billed_units.output_tokens"]],
    inputImageTokens: [["tokens.image_tokens", "billed_units.image_tokens"]],
    inputCachedTokens: [["cached_tokens"]],
    outputReasoningTokens: [["tokens.reasoning_tokens"]],
  },
};

/** Cohere's API: v2 streams as SSE, v1 as JSON lines. */
export const cohere: Dialect = {
  id: "cohere",
  usage: planUsage(usage),
  modelPaths: ["model"],
  watch: [
    ...watchMembers("usage", "meta", "error", "finish_reason"),
    ...watchTexts("message-end", "stream-end", '"is_finished":true', "[DONE]"),
  ],
  finishRequiredIn: ["sse", "json-lines"],
  terminator: "data: [DONE]\n\n",
  classifyEvent,
  errorIn,
  errorObject: () => null,
  errorFields: () => ({}),
  streamErrorEvent(error) {
    const body = { type: "message-end", delta: { finish_reason: "ERROR", error: error.message } };
    return `event: message-end\ndata: ${JSON.stringify(body)}\n\n`;
  },
};

function classifyEvent(event: StreamEvent): EventKind {
  if (event.data.trim() === "[DONE]") return "finish";
  const body = event.body;
  if (!isRecord(body)) return "content";
  if (errorIn(body) !== null) return "error";
  if (body["is_finished"] === true) return "finish";
  switch (readText(body, ["type", "event_type"])) {
    case "message-start":
    case "stream-start":
    case "content-start":
    case "content-end":
    case "tool-call-end":
    case "citation-end":
      return "prelude";
    case "message-end":
    case "stream-end":
      return "finish";
    default:
      return "content";
  }
}

function errorIn(body: unknown): string | null {
  const reason = readText(body, ["delta.finish_reason", "finish_reason"]);
  if (reason?.startsWith("ERROR") === true) return readText(body, ["delta.error", "error", "response.text"]) ?? reason;
  return errorText(readPath(body, "error"));
}
