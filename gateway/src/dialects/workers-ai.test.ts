import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { workersAi } from "./workers-ai.ts";

test("usage in the envelope, in a stream's last event, and in OpenAI's form", () => {
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  const expected = { inputTokens: 5, outputTokens: 7, totalTokens: 12 };
  expect(usageOf(workersAi, [{ result: { response: "a", usage }, success: true, errors: [] }])).toEqual(expected);
  expect(usageOf(workersAi, [{ response: "a" }, { response: "", usage }])).toEqual(expected);
  expect(usageOf(workersAi, [{ choices: [], usage }])).toEqual(expected);
});

test.each([
  [{ response: "", p: "ab" }, "prelude"],
  [{ response: "a", p: "ab" }, "content"],
  [{ response: null, tool_calls: [{ name: "f" }] }, "content"],
  [{ choices: [{ delta: { content: "a" } }] }, "content"],
  [{ success: false, errors: [{ code: 3040, message: "out of capacity" }] }, "error"],
  ["[DONE]", "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(workersAi, data)).toBe(kind as ReturnType<typeof kindOf>);
});

test("an unsuccessful envelope is an error, an empty list of errors is none", () => {
  expect(workersAi.errorIn({ success: false, errors: [{ code: 5007, message: "no such model" }] })).toBe(
    "no such model",
  );
  expect(workersAi.errorIn({ success: false, errors: [] })).toBe("");
  expect(workersAi.errorIn({ success: true, errors: [], result: {} })).toBeNull();
});
