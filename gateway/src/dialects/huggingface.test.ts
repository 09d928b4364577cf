import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { huggingface } from "./huggingface.ts";

test("usage in details, in headers, and in OpenAI's form", () => {
  const headers = ["x-prompt-tokens", "12", "x-generated-tokens", "75"];
  const answer = { generated_text: "a", details: { finish_reason: "length", generated_tokens: 75 } };
  expect(usageOf(huggingface, [answer])).toEqual({ outputTokens: 75 });
  expect(usageOf(huggingface, [answer], headers)).toEqual({ inputTokens: 12, outputTokens: 75 });
  const last = { token: {}, generated_text: "a", details: { generated_tokens: 20, input_length: 4 } };
  expect(usageOf(huggingface, [{ token: {}, details: null }, last])).toEqual({ inputTokens: 4, outputTokens: 20 });
  const chat = { usage: { prompt_tokens: 1, completion_tokens: 2 } };
  expect(usageOf(huggingface, [chat])).toEqual({ inputTokens: 1, outputTokens: 2 });
});

test.each([
  [{ token: { text: "a" }, generated_text: null }, "content"],
  [{ token: { text: "" }, generated_text: "all" }, "finish"],
  [{ error: "Request failed during generation", error_type: "generation" }, "error"],
  [{ choices: [{ delta: { content: "a" } }] }, "content"],
])("%j is %s", (data, kind) => {
  expect(kindOf(huggingface, data)).toBe(kind as ReturnType<typeof kindOf>);
});

test("errors are texts or lists of texts", () => {
  expect(huggingface.errorIn({ error: "Model is loading" })).toBe("Model is loading");
  expect(huggingface.errorIn({ error: ["first", "second"] })).toBe("first");
});
