import { anthropicErrorIn, classifyAnthropicEvent } from "./anthropic-messages.ts";
import { classifyConverseEvent } from "./bedrock-converse.ts";
import type { Dialect, EventKind, StreamEvent, UsageRules } from "./dialect.ts";
import { classifyOpenaiEvent } from "./openai-events.ts";
import { isRecord, readPath } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

const inputHeader = "x-amzn-bedrock-input-token-count";
const outputHeader = "x-amzn-bedrock-output-token-count";
const cacheReadHeader = "x-amzn-bedrock-cache-read-input-token-count";
const cacheWriteHeader = "x-amzn-bedrock-cache-write-input-token-count";

const cacheRead = ["cache_read_input_tokens", "cacheReadInputTokens", "cacheReadInputTokenCount", cacheReadHeader];
const cacheWrite = [
  "cache_creation_input_tokens",
  "cacheWriteInputTokens",
  "cacheWriteInputTokenCount",
  cacheWriteHeader,
];

/**
 * The body is the model maker's own, so every maker's spelling is tried; makers that tell nothing are counted by Bedrock itself, in response headers or,
 * for streams, in the last event's `amazon-bedrock-invocationMetrics`. None of them includes the cache in the input, so it is added.
 * Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html and the pages under it.
 */
const usage: UsageRules = {
  at: ["", "amazon-bedrock-invocationMetrics", "message.usage", "usage", "metadata.usage"],
  merge: "last-positive",
  headers: [inputHeader, outputHeader, cacheReadHeader, cacheWriteHeader],
  counts: {
    inputTokens: [
      [
        "input_tokens",
        "prompt_tokens",
        "inputTokens",
        "inputTokenCount",
        "prompt_token_count",
        "inputTextTokenCount",
        inputHeader,
      ],
      cacheRead,
      cacheWrite,
    ],
    outputTokens: [
      [
        "output_tokens",
        "completion_tokens",
        "outputTokens",
        "outputTokenCount",
        "generation_token_count",
        "totalOutputTextTokenCount",
        "results[].tokenCount",
        outputHeader,
      ],
    ],
    totalTokens: [["total_tokens", "totalTokens"]],
    inputCachedTokens: [[...cacheRead, "prompt_tokens_details.cached_tokens"]],
    inputCacheCreationTokens: [cacheWrite],
    inputCacheCreation5mTokens: [["cache_creation.ephemeral_5m_input_tokens"]],
    inputCacheCreation1hTokens: [["cache_creation.ephemeral_1h_input_tokens"]],
    outputReasoningTokens: [["output_tokens_details.thinking_tokens", "completion_tokens_details.reasoning_tokens"]],
  },
  serviceTier: ["service_tier"],
};

/** InvokeModel and InvokeModelWithResponseStream of Amazon Bedrock, for the bodies of all model makers. */
export const bedrockInvoke: Dialect = {
  id: "bedrock-invoke",
  usage: planUsage(usage),
  modelPaths: ["message.model", "model"],
  watch: [
    ...watchMembers("usage", "error", "stop_reason", "finish_reason", "stopReason", "completionReason"),
    ...watchMembers("prompt_token_count", "generation_token_count", "inputTextTokenCount", "totalOutputTextTokenCount"),
    ...watchTexts("invocationMetrics", "guardrailAction", "message_stop", "is_finished"),
  ],
  finishRequiredIn: ["aws-event-stream"],
  terminator: null,
  classifyEvent,
  errorIn: (body) => (readPath(body, "type") === "error" ? anthropicErrorIn(body) : null),
  errorObject: () => null,
  errorFields: () => ({}),
  streamErrorEvent: () => null,
};

function classifyEvent(event: StreamEvent): EventKind {
  const body = event.body;
  if (!isRecord(body)) return "content";
  if (isRecord(body["amazon-bedrock-invocationMetrics"])) return "finish";
  // A guardrail's own words take the answer's place, and nothing follows them.
  if (body["amazon-bedrock-guardrailAction"] === "INTERVENED") return "finish";
  if (typeof body["type"] === "string") return classifyAnthropicEvent(event);
  if (Array.isArray(body["choices"])) return classifyOpenaiEvent(event);
  if (isConverseShape(body)) return classifyConverseEvent(event);
  const reasons = [body["stop_reason"], body["completionReason"], body["finish_reason"]];
  for (const name of ["outputs", "generations"])
    reasons.push(readPath(body, `${name}[].stop_reason`), readPath(body, `${name}[].finish_reason`));
  return reasons.some((reason) => typeof reason === "string" && reason !== "") ? "finish" : "content";
}

function isConverseShape(body: Readonly<Record<string, unknown>>): boolean {
  const names = [
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
  ];
  return names.some((name) => isRecord(body[name]));
}
