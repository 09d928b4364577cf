import type { RecordedExchange } from "../recordings.ts";
import { defineSample, sseTyped } from "./define-sample.ts";

const url = "https://api.anthropic.com/v1/messages";
const requestHeaders = { "anthropic-version": "2023-06-01" };
const question = {
  model: "claude-sonnet-4-5",
  max_tokens: 64,
  messages: [{ role: "user", content: "Name a river." }],
};
const inputUsage = { input_tokens: 14, cache_creation_input_tokens: 5, cache_read_input_tokens: 9 };
const message = {
  id: "msg_sample",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "The Elbe." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { ...inputUsage, output_tokens: 6 },
};

/** Anthropic's messages, its named events with a ping before any content, and its error shapes. */
export const anthropicSamples: readonly RecordedExchange[] = [
  defineSample({
    id: "anthropic-message",
    provider: "anthropic",
    url,
    requestHeaders,
    request: question,
    responseHeaders: { "request-id": "req_sample", "anthropic-ratelimit-requests-remaining": "49" },
    response: message,
  }),
  defineSample({
    id: "anthropic-message-stream",
    provider: "anthropic",
    url,
    requestHeaders,
    request: { ...question, stream: true },
    contentType: "text/event-stream; charset=utf-8",
    response: sseTyped([
      {
        type: "message_start",
        message: { ...message, content: [], stop_reason: null, usage: { ...inputUsage, output_tokens: 1 } },
      },
      { type: "ping" },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "The Elbe" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: ", Dresden’s river." } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 9 },
      },
      { type: "message_stop" },
    ]),
  }),
  defineSample({
    id: "anthropic-error-in-stream",
    provider: "anthropic",
    url,
    requestHeaders,
    request: { ...question, stream: true },
    contentType: "text/event-stream; charset=utf-8",
    response: sseTyped([
      { type: "message_start", message: { ...message, content: [], stop_reason: null, usage: inputUsage } },
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    ]),
  }),
  defineSample({
    id: "anthropic-error",
    provider: "anthropic",
    url,
    requestHeaders,
    request: { ...question, max_tokens: -1 },
    status: 400,
    response: {
      type: "error",
      error: { type: "invalid_request_error", message: "max_tokens: must be positive" },
      request_id: "req_sample",
    },
  }),
];
