import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { anthropicMessages } from "./anthropic-messages.ts";

const start = {
  type: "message_start",
  message: {
    model: "m",
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 200,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 1,
      service_tier: "priority",
    },
  },
};

test("a stream's start and last delta are one usage, cache added to the input, a repeated zero no news", () => {
  const delta = {
    type: "message_delta",
    usage: {
      input_tokens: 0,
      output_tokens: 77,
      output_tokens_details: { thinking_tokens: 9 },
      server_tool_use: { web_search_requests: 2 },
    },
  };
  expect(usageOf(anthropicMessages, [start, { type: "ping" }, delta])).toEqual({
    inputTokens: 240,
    outputTokens: 77,
    inputCachedTokens: 200,
    inputCacheCreationTokens: 30,
    inputCacheCreation5mTokens: 10,
    inputCacheCreation1hTokens: 20,
    outputReasoningTokens: 9,
    webSearches: 2,
    serviceTier: "priority",
  });
});

test("compacting the context is billed beside the top-level counts, an adviser's iteration is another model's", () => {
  const iterations = [
    { type: "compaction", input_tokens: 1000, output_tokens: 80 },
    { type: "message", input_tokens: 50, output_tokens: 7 },
    { type: "advisor_message", model: "other", input_tokens: 9999, output_tokens: 9999 },
  ];
  const usage = usageOf(anthropicMessages, [{ usage: { input_tokens: 50, output_tokens: 7, iterations } }]);
  expect(usage).toEqual({ inputTokens: 1050, outputTokens: 87 });
});

test.each([
  [start, "prelude"],
  [{ type: "ping" }, "prelude"],
  [{ type: "content_block_start", content_block: { type: "text", text: "" } }, "prelude"],
  [{ type: "content_block_start", content_block: { type: "thinking", thinking: "" } }, "prelude"],
  [{ type: "content_block_start", content_block: { type: "tool_use", name: "f" } }, "content"],
  [{ type: "content_block_delta", delta: { type: "text_delta", text: "a" } }, "content"],
  [{ type: "message_delta", delta: { stop_reason: "end_turn" } }, "prelude"],
  [{ type: "message_stop" }, "finish"],
  [{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "error"],
  [{ type: "completion", completion: "a", stop_reason: null }, "content"],
  [{ type: "completion", completion: "", stop_reason: "stop_sequence" }, "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(anthropicMessages, data)).toBe(kind as ReturnType<typeof kindOf>);
});

test("an error is told in words", () => {
  expect(anthropicMessages.errorIn({ type: "error", error: { type: "api_error", message: "no" } })).toBe("no");
  expect(anthropicMessages.errorIn({ type: "message", content: [] })).toBeNull();
});
