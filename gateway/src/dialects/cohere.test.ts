import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { cohere } from "./cohere.ts";

const counts = {
  tokens: { input_tokens: 542, output_tokens: 63, reasoning_tokens: 4 },
  billed_units: { input_tokens: 13, output_tokens: 61 },
};

test.each([
  ["a v2 answer", { usage: { ...counts, cached_tokens: 112 } }, { inputCachedTokens: 112 }],
  ["a v2 stream's end", { type: "message-end", delta: { usage: counts } }, {}],
  ["a v1 answer", { meta: counts }, {}],
  ["a v1 stream's end", { event_type: "stream-end", response: { meta: counts } }, {}],
])("tokens of %s", (_name, document, rest) => {
  const expected = { inputTokens: 542, outputTokens: 63, outputReasoningTokens: 4, ...rest };
  expect(usageOf(cohere, [document])).toEqual(expected);
});

test("embeddings tell billed units only", () => {
  const usage = usageOf(cohere, [{ meta: { billed_units: { input_tokens: 4, image_tokens: 0 } } }]);
  expect(usage).toEqual({ inputTokens: 4, inputImageTokens: 0 });
});

test.each([
  [{ type: "message-start" }, "prelude"],
  [{ type: "content-start", delta: {} }, "prelude"],
  [{ type: "content-delta", delta: { message: { content: { text: "a" } } } }, "content"],
  [{ type: "tool-call-start", delta: {} }, "content"],
  [{ type: "message-end", delta: { finish_reason: "COMPLETE" } }, "finish"],
  [{ type: "message-end", delta: { finish_reason: "ERROR", error: "broke" } }, "error"],
  [{ event_type: "stream-start", is_finished: false }, "prelude"],
  [{ event_type: "text-generation", text: "a", is_finished: false }, "content"],
  [{ event_type: "stream-end", is_finished: true, finish_reason: "COMPLETE" }, "finish"],
  ["[DONE]", "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(cohere, data)).toBe(kind as ReturnType<typeof kindOf>);
});
