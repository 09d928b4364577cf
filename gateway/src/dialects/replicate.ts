import type { Dialect, EventKind, StreamEvent } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { isRecord } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchTexts } from "./watched-text.ts";

/**
 * Replicate's predictions, and its streams of named events (replicate.com/docs/topics/predictions/streaming).
 * Language models count their tokens in `metrics`.
 */
export const replicate: Dialect = {
  id: "replicate",
  usage: planUsage({
    at: ["metrics"],
    merge: "last",
    counts: {
      inputTokens: [["input_token_count", "token_input_count"]],
      outputTokens: [["output_token_count", "token_output_count"]],
      totalTokens: [["total_token_count"]],
    },
  }),
  modelPaths: ["model"],
  watch: watchTexts("event: done", "event:done", "event: error", "event:error"),
  finishRequiredIn: ["sse"],
  terminator: "event: done\ndata: {}\n\n",
  classifyEvent,
  errorIn,
  errorObject: () => null,
  errorFields: ({ status, message }) => ({ status, detail: message }),
  streamErrorEvent: (error) => `event: error\ndata: ${JSON.stringify({ detail: error.message })}\n\n`,
};

function classifyEvent(event: StreamEvent): EventKind {
  if (event.type === "error") return "error";
  if (event.type === "done") return isRecord(event.body) && event.body["reason"] === "error" ? "error" : "finish";
  return event.type === "logs" ? "prelude" : "content";
}

/** A prediction that failed tells so in a 2xx answer. */
function errorIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  return errorText(body["error"]) ?? (body["status"] === "failed" ? "" : null);
}
