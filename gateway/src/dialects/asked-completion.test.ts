import { expect, test } from "bun:test";
import { askedCompletion } from "./asked-completion.ts";

test.each([
  [{ max_tokens: 50 }, 50, 1],
  [{ max_completion_tokens: 70, max_tokens: 50, n: 3 }, 70, 3],
  [{ generationConfig: { maxOutputTokens: 9, candidateCount: 2 } }, 9, 2],
  [{ inferenceConfig: { maxTokens: 8 } }, 8, 1],
  [{ messages: [{ content: 'say "max_tokens": 5' }] }, null, 1],
  [{ tools: [{ max_tokens: 5, n: 7 }] }, null, 1],
  [{ max_tokens: null, n: "4" }, null, 1],
  [{ max_tokens: -1, n: 0 }, null, 1],
  [{ max_tokens: 1e300 }, null, 1],
])("%j", (body, maxTokens, count) => {
  expect(askedCompletion(Buffer.from(JSON.stringify(body)))).toEqual({ maxTokens, count });
});

test("what is no JSON asks for nothing", () => {
  for (const text of ["", "max_tokens", '{"max_tokens":', '["max_tokens"', "\0"]) {
    expect(askedCompletion(Buffer.from(text))).toEqual({ maxTokens: null, count: 1 });
  }
});
