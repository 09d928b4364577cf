import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { ollama } from "./ollama.ts";

test("counts at the end of the lines, or in OpenAI's form", () => {
  const lines = [
    { model: "m", response: "a", done: false },
    { model: "m", response: "", done: true, prompt_eval_count: 26, eval_count: 298 },
  ];
  expect(usageOf(ollama, lines)).toEqual({ inputTokens: 26, outputTokens: 298 });
  expect(usageOf(ollama, [{ usage: { prompt_tokens: 1, completion_tokens: 2 } }])).toEqual({
    inputTokens: 1,
    outputTokens: 2,
  });
});

test.each([
  [{ message: { role: "assistant", content: "" }, done: false }, "prelude"],
  [{ message: { role: "assistant", content: "a" }, done: false }, "content"],
  [{ message: { content: "", thinking: "hm" }, done: false }, "content"],
  [{ message: { content: "", tool_calls: [{}] }, done: false }, "content"],
  [{ response: "a", done: false }, "content"],
  [{ response: "", done: true }, "finish"],
  [{ error: "model runner stopped" }, "error"],
  [{ choices: [{ delta: { content: "a" } }] }, "content"],
  ["[DONE]", "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(ollama, data)).toBe(kind as ReturnType<typeof kindOf>);
});
