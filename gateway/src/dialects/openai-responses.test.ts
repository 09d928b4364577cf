import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { openaiResponses } from "./openai-responses.ts";

test("usage of a stream is in its last event, the tier as it was served", () => {
  const usage = {
    input_tokens: 50,
    input_tokens_details: { cached_tokens: 20, cache_write_tokens: 6 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 10 },
    total_tokens: 80,
  };
  const events = [
    { type: "response.created", response: { model: "m", usage: null, service_tier: "auto" } },
    { type: "response.completed", response: { model: "m", usage, service_tier: "default" } },
  ];
  expect(usageOf(openaiResponses, events)).toEqual({
    inputTokens: 50,
    outputTokens: 30,
    totalTokens: 80,
    inputCachedTokens: 20,
    inputCacheCreationTokens: 6,
    outputReasoningTokens: 10,
    serviceTier: "default",
  });
});

test.each([
  ["response.created", {}, "prelude"],
  ["response.in_progress", {}, "prelude"],
  ["response.output_item.added", { item: { type: "message" } }, "prelude"],
  ["response.output_item.added", { item: { type: "function_call", name: "f" } }, "content"],
  ["response.content_part.added", { part: { type: "output_text", text: "" } }, "prelude"],
  ["response.output_text.delta", { delta: "a" }, "content"],
  ["response.completed", { response: { error: null } }, "finish"],
  ["response.incomplete", { response: { error: null } }, "finish"],
  ["response.failed", { response: { error: { message: "quota" } } }, "error"],
  ["error", { message: "quota" }, "error"],
])("%s %j is %s", (type, rest, kind) => {
  expect(kindOf(openaiResponses, { type, ...rest }, type)).toBe(kind as ReturnType<typeof kindOf>);
});

test("errors of failed answers and of error events are told in words", () => {
  expect(openaiResponses.errorIn({ type: "response.failed", response: { error: { message: "quota" } } })).toBe("quota");
  expect(openaiResponses.errorIn({ type: "error", error: { message: "quota" } })).toBe("quota");
  expect(openaiResponses.errorIn({ type: "error" })).toBe("");
});
