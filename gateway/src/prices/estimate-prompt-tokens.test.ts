import { expect, test } from "bun:test";
import { estimatePromptTokens } from "./estimate-prompt-tokens.ts";
import { loadTokenCounter } from "./load-token-counter.ts";

const bodyOf = (content: unknown): Buffer =>
  Buffer.from(JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }] }));

test("is no less than a tokenizer counts in the prompt, and not much more in a long one", async () => {
  const countTokens = await loadTokenCounter();
  const sentence = "The Rhine rises in the Swiss Alps, and flows 1,233 km to the North Sea; its name is Celtic. ";
  for (const times of [1, 10, 100, 5000]) {
    const prompt = sentence.repeat(times);
    const estimate = estimatePromptTokens(bodyOf(prompt));
    expect(estimate).toBeGreaterThanOrEqual(countTokens(prompt));
    expect(estimate).toBeLessThan(countTokens(prompt) * 1.5 + 40);
  }
});

test("a file inside counts as an image, not as text", () => {
  const file = Buffer.alloc(300_000, 77).toString("base64");
  const body = bodyOf([{ type: "image_url", image_url: { url: `data:image/png;base64,${file}` } }]);
  expect(estimatePromptTokens(body)).toBeWithin(1600, 1700);
});

test("nothing is nothing", () => expect(estimatePromptTokens(Buffer.alloc(0))).toBe(0));
