import type { Dialect, EventKind, StreamEvent, UsageRules } from "./dialect.ts";
import { isRecord } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

/**
 * `inputTokens` leaves out what was read from or written to the cache, so the three are added
 * (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html).
 */
const usage: UsageRules = {
  at: ["usage", "metadata.usage"],
  merge: "last",
  counts: {
    inputTokens: [
      ["inputTokens"],
      ["cacheReadInputTokens", "cacheReadInputTokenCount"],
      ["cacheWriteInputTokens", "cacheWriteInputTokenCount"],
    ],
    outputTokens: [["outputTokens"]],
    totalTokens: [["totalTokens"]],
    inputCachedTokens: [["cacheReadInputTokens", "cacheReadInputTokenCount"]],
    inputCacheCreationTokens: [["cacheWriteInputTokens", "cacheWriteInputTokenCount"]],
    inputCacheCreation5mTokens: [["cacheDetails[ttl=5m].inputTokens"]],
    inputCacheCreation1hTokens: [["cacheDetails[ttl=1h].inputTokens"]],
  },
  serviceTierInBody: ["serviceTier.type", "metadata.serviceTier.type"],
};

/** Converse and ConverseStream of Amazon Bedrock. The event's name is a frame header; relays that speak SSE make it the only member of the data. */
export const bedrockConverse: Dialect = {
  id: "bedrock-converse",
  usage: planUsage(usage),
  modelPaths: [],
  watch: [...watchMembers("usage", "stopReason"), ...watchTexts("Exception", '"messageStop"')],
  finishRequiredIn: ["aws-event-stream", "sse"],
  terminator: null,
  classifyEvent: classifyConverseEvent,
  errorIn: () => null,
  errorObject: () => null,
  errorFields: () => ({}),
  streamErrorEvent: () => null,
};

/** What an event of ConverseStream means. Exceptions are frames of their own kind and never get here. */
export function classifyConverseEvent(event: StreamEvent): EventKind {
  if (!isRecord(event.body)) return "content";
  const wrapped = Object.entries(event.body)[0];
  const name = event.type === "" || event.type === "chunk" ? (wrapped?.[0] ?? "") : event.type;
  const body = event.type === name ? event.body : wrapped?.[1];
  if (name === "messageStop") return "finish";
  if (name.endsWith("Exception")) return "error";
  if (name === "messageStart" || name === "contentBlockStop" || name === "metadata") return "prelude";
  if (name !== "contentBlockStart") return "content";
  const start = isRecord(body) ? body["start"] : undefined;
  return isRecord(start) && Object.keys(start).length > 0 ? "content" : "prelude";
}
