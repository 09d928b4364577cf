import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { bedrockInvoke } from "./bedrock-invoke.ts";

const metrics = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 9, outputTokenCount: 26 } };
const headers = ["x-amzn-bedrock-input-token-count", "8", "x-amzn-bedrock-output-token-count", "129"];

test.each([
  [
    "a Messages body",
    [{ usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 7 } }],
    { inputTokens: 8, outputTokens: 7, inputCachedTokens: 3 },
  ],
  [
    "a Converse-like body",
    [{ usage: { inputTokens: 5, outputTokens: 10, totalTokens: 15 } }],
    { inputTokens: 5, outputTokens: 10, totalTokens: 15 },
  ],
  [
    "a chat body",
    [{ usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 } }],
    { inputTokens: 6, outputTokens: 4, totalTokens: 10 },
  ],
  [
    "results with token counts",
    [{ inputTextTokenCount: 18, results: [{ tokenCount: 50 }, { tokenCount: 2 }] }],
    { inputTokens: 18, outputTokens: 52 },
  ],
  [
    "counts at the top",
    [{ generation: "a", prompt_token_count: 158, generation_token_count: 128 }],
    { inputTokens: 158, outputTokens: 128 },
  ],
  [
    "counts over a stream",
    [
      { prompt_token_count: 9, generation_token_count: 1 },
      { prompt_token_count: null, generation_token_count: 26 },
    ],
    { inputTokens: 9, outputTokens: 26 },
  ],
  ["the last event's metrics", [{ outputs: [{ text: "a" }] }, metrics], { inputTokens: 9, outputTokens: 26 }],
])("usage from %s", (_name, documents, expected) => {
  expect(usageOf(bedrockInvoke, documents)).toEqual(expected);
});

test("headers count what the body does not, and give way to it", () => {
  expect(usageOf(bedrockInvoke, [{ outputs: [{ text: "a" }] }], headers)).toEqual({
    inputTokens: 8,
    outputTokens: 129,
  });
  const body = { usage: { input_tokens: 5, output_tokens: 7 } };
  expect(usageOf(bedrockInvoke, [body], headers)).toEqual({ inputTokens: 5, outputTokens: 7 });
  expect(usageOf(bedrockInvoke, [{}], ["x-amzn-bedrock-input-token-count", "many"])).toBeNull();
});

test.each([
  [{ type: "message_start", message: {} }, "prelude"],
  [{ type: "message_stop", ...metrics }, "finish"],
  [{ generation: "a", stop_reason: null }, "content"],
  [{ generation: "", stop_reason: "stop" }, "finish"],
  [{ outputs: [{ text: "", stop_reason: "stop" }] }, "finish"],
  [{ generations: [{ finish_reason: "COMPLETE" }] }, "finish"],
  [{ outputText: "a", completionReason: null }, "content"],
  [{ outputText: "no", completionReason: null, "amazon-bedrock-guardrailAction": "INTERVENED" }, "finish"],
  [{ choices: [{ delta: { content: "a" } }] }, "content"],
  [{ contentBlockDelta: { delta: { text: "a" } } }, "content"],
  [{ messageStart: { role: "assistant" } }, "prelude"],
])("%j is %s", (data, kind) => {
  expect(kindOf(bedrockInvoke, data, "chunk")).toBe(kind as ReturnType<typeof kindOf>);
});
