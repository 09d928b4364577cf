import type { Dialect, DialectError, EventKind, StreamEvent, UsageRules } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { isRecord } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

/**
 * `input_tokens` leaves out what was read from or written to the cache, so the three are added; the top-level counts leave out what compacting the
 * context took, so that is added too. A stream tells the input in `message_start` and cumulative counts in `message_delta`, where some speakers repeat
 * the input as zero (docs.anthropic.com, "Streaming messages", "Prompt caching", "Compaction").
 */
const usage: UsageRules = {
  at: ["message.usage", "usage"],
  merge: "last-positive",
  counts: {
    inputTokens: [
      ["input_tokens"],
      ["cache_read_input_tokens"],
      ["cache_creation_input_tokens"],
      ["iterations[type=compaction].input_tokens"],
      ["iterations[type=compaction].cache_read_input_tokens"],
      ["iterations[type=compaction].cache_creation_input_tokens"],
    ],
    outputTokens: [["output_tokens"], ["iterations[type=compaction].output_tokens"]],
    inputCachedTokens: [["cache_read_input_tokens"], ["iterations[type=compaction].cache_read_input_tokens"]],
    inputCacheCreationTokens: [
      ["cache_creation_input_tokens"],
      ["iterations[type=compaction].cache_creation_input_tokens"],
    ],
    inputCacheCreation5mTokens: [
      ["cache_creation.ephemeral_5m_input_tokens"],
      ["iterations[type=compaction].cache_creation.ephemeral_5m_input_tokens"],
    ],
    inputCacheCreation1hTokens: [
      ["cache_creation.ephemeral_1h_input_tokens"],
      ["iterations[type=compaction].cache_creation.ephemeral_1h_input_tokens"],
    ],
    outputReasoningTokens: [["output_tokens_details.thinking_tokens"]],
    webSearches: [["server_tool_use.web_search_requests"]],
  },
  serviceTier: ["service_tier"],
  reportedCost: [{ path: "cost", nanoUsdPerUnit: 1e9 }],
};

/** The Messages API, and Anthropic's form wherever others serve it. */
export const anthropicMessages: Dialect = {
  id: "anthropic-messages",
  usage: planUsage(usage),
  modelPaths: ["message.model", "model"],
  watch: [...watchMembers("usage", "error", "stop_reason"), ...watchTexts('"message_stop"', '"error"', "event: error")],
  finishRequiredIn: ["sse"],
  terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  classifyEvent: classifyAnthropicEvent,
  errorIn: anthropicErrorIn,
  errorObject: vendorError,
  errorFields: () => ({ type: "error" }),
  streamErrorEvent: (error) =>
    `event: error\ndata: ${JSON.stringify({ type: "error", error: vendorError(error) })}\n\n`,
};

/** What an event of a Messages stream, or of the older text completions, means. */
export function classifyAnthropicEvent(event: StreamEvent): EventKind {
  const body = event.body;
  if (!isRecord(body)) return event.type === "error" ? "error" : "content";
  switch (body["type"]) {
    case "message_start":
    case "message_delta":
    case "content_block_stop":
    case "ping":
      return "prelude";
    case "content_block_start":
      return isSilentBlock(body["content_block"]) ? "prelude" : "content";
    case "message_stop":
      return "finish";
    case "completion":
      return typeof body["stop_reason"] === "string" ? "finish" : "content";
    default:
      return event.type === "error" || anthropicErrorIn(body) !== null ? "error" : "content";
  }
}

/** The error text of `{"type":"error","error":{…}}`; also of a bare `error`, as proxies in between send. */
export function anthropicErrorIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const text = errorText(body["error"]);
  return body["type"] === "error" ? (text ?? "") : text;
}

function isSilentBlock(block: unknown): boolean {
  if (!isRecord(block)) return false;
  const isProse = block["type"] === "text" || block["type"] === "thinking";
  return isProse && (block["text"] ?? "") === "" && (block["thinking"] ?? "") === "";
}

function vendorError(error: DialectError): Readonly<Record<string, unknown>> {
  return { type: errorType(error.status), message: error.message };
}

/** docs.anthropic.com/en/api/errors */
function errorType(status: number): string {
  const types: Readonly<Record<number, string>> = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
  };
  return types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
}
