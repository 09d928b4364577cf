import { expect, test } from "bun:test";
import { costLines } from "./cost-lines.ts";

const prices = { input_per_million: 3, output_per_million: 15, cache_read_per_million: 0.3 };

test("what has a price of its own is taken out of the rest", () => {
  const usage = { input_tokens: 100, input_cached_tokens: 40, output_tokens: 10, output_reasoning_tokens: 4 };
  expect(costLines(usage, prices).map(({ name, tokens }) => [name, tokens])).toEqual([
    ["Read from the prompt cache", 40],
    ["Prompt", 60],
    ["Completion", 10],
  ]);
  const sum = costLines(usage, prices).reduce((total, { usd }) => total + usd, 0);
  expect(sum).toBeCloseTo((40 * 0.3 + 60 * 3 + 10 * 15) / 1e6, 12);
});

test("long prompts have their own prices, unknown ones give no lines", () => {
  const long = { ...prices, long_prompts: [{ above_input_tokens: 99, input_per_million: 6 }] };
  expect(costLines({ input_tokens: 99 }, long)[0]?.perMillion).toBe(3);
  expect(costLines({ input_tokens: 100 }, long)[0]?.perMillion).toBe(6);
  expect(costLines({}, prices)).toEqual([]);
  expect(costLines({ input_tokens: 5 }, {})).toEqual([]);
});
