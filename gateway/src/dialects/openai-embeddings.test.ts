import { expect, test } from "bun:test";
import { usageOf } from "../../test/support/dialect-reading.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";

test("a total alone is the input", () => {
  expect(usageOf(openaiEmbeddings, [{ usage: { total_tokens: 10 } }])).toEqual({ inputTokens: 10, totalTokens: 10 });
  expect(usageOf(openaiEmbeddings, [{ usage: { prompt_tokens: 8, total_tokens: 10 } }])).toEqual({
    inputTokens: 8,
    totalTokens: 10,
  });
});
