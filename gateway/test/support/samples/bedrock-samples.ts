import { encodeBedrockEvent, encodeEventStreamFrame } from "../event-stream-encoder.ts";
import type { RecordedExchange } from "../recordings.ts";
import { defineSample } from "./define-sample.ts";

const base = "https://bedrock-runtime.us-east-1.amazonaws.com/model";
const question = { messages: [{ role: "user", content: [{ text: "Name a river." }] }] };
const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15, cacheReadInputTokens: 2, cacheWriteInputTokens: 0 };
const contentType = "application/vnd.amazon.eventstream";

function anthropicChunk(event: unknown): Buffer {
  return encodeBedrockEvent("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64"), p: "abcd" });
}

/** Bedrock: Converse plain and as event-stream, invoke with Anthropic events inside, an exception frame, and an error. */
export const bedrockSamples: readonly RecordedExchange[] = [
  defineSample({
    id: "bedrock-converse",
    provider: "bedrock",
    url: `${base}/amazon.nova-lite-v1%3A0/converse`,
    request: question,
    responseHeaders: { "x-amzn-requestid": "sample" },
    response: {
      metrics: { latencyMs: 300 },
      output: { message: { role: "assistant", content: [{ text: "The Rhine." }] } },
      stopReason: "end_turn",
      usage,
    },
  }),
  defineSample({
    id: "bedrock-converse-stream",
    provider: "bedrock",
    url: `${base}/amazon.nova-lite-v1%3A0/converse-stream`,
    request: question,
    contentType,
    response: Buffer.concat([
      encodeBedrockEvent("messageStart", { role: "assistant" }),
      encodeBedrockEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "The Rhine" } }),
      encodeBedrockEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text: " — der Rhein." } }),
      encodeBedrockEvent("contentBlockStop", { contentBlockIndex: 0 }),
      encodeBedrockEvent("messageStop", { stopReason: "end_turn" }),
      encodeBedrockEvent("metadata", { usage, metrics: { latencyMs: 412 } }),
    ]),
  }),
  defineSample({
    id: "bedrock-invoke-stream",
    provider: "bedrock",
    url: `${base}/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke-with-response-stream`,
    request: {
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 32,
      messages: [{ role: "user", content: "River?" }],
    },
    contentType,
    response: Buffer.concat([
      anthropicChunk({
        type: "message_start",
        message: { id: "msg_sample", role: "assistant", content: [], usage: { input_tokens: 9, output_tokens: 1 } },
      }),
      anthropicChunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Rhine" } }),
      anthropicChunk({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
      anthropicChunk({
        type: "message_stop",
        "amazon-bedrock-invocationMetrics": { inputTokenCount: 9, outputTokenCount: 4, invocationLatency: 500 },
      }),
    ]),
  }),
  defineSample({
    id: "bedrock-exception-in-stream",
    provider: "bedrock",
    url: `${base}/amazon.nova-lite-v1%3A0/converse-stream`,
    request: question,
    contentType,
    response: Buffer.concat([
      encodeBedrockEvent("messageStart", { role: "assistant" }),
      encodeEventStreamFrame(
        { ":exception-type": "throttlingException", ":content-type": "application/json", ":message-type": "exception" },
        JSON.stringify({ message: "Too many requests" }),
      ),
    ]),
  }),
  defineSample({
    id: "bedrock-error",
    provider: "bedrock",
    url: `${base}/no-such-model/converse`,
    request: question,
    status: 400,
    responseHeaders: { "x-amzn-errortype": "ValidationException" },
    response: { message: "The provided model identifier is invalid." },
  }),
];
