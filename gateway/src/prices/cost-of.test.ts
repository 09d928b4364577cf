import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { TokenUsage } from "../core/usage.ts";
import { costOf, type MeteredAnswer } from "./cost-of.ts";
import { parseCustomCost } from "./custom-cost.ts";
import { openBundledPriceBook } from "./open-bundled-price-book.ts";

const book = openBundledPriceBook();
const atMs = Date.parse("2026-11-01T12:00:00Z");
const version = book.version;

function costFor(...[key, model, usage, more = {}]: [string, string, TokenUsage | null, Partial<MeteredAnswer>?]) {
  return costOf(book, {
    provider: { slug: key, priceKey: key },
    models: [model],
    usage,
    atMs,
    customCost: null,
    ...more,
  });
}

/** Worked out by hand from the vendors' price pages. */
describe("nano-USD by hand", () => {
  const table: readonly (readonly [key: string, model: string, usage: TokenUsage, nanoUsd: number])[] = [
    // 21 × 0.25 + 37 × 2 per million.
    ["openai", "gpt-5-mini", { inputTokens: 21, outputTokens: 37 }, 79_250],
    // 176 × 2.50 + 1024 × 1.25 + 300 × 10.
    [
      "openai",
      "gpt-4o",
      { inputTokens: 1200, inputCachedTokens: 1024, outputTokens: 300, outputReasoningTokens: 64 },
      4_720_000,
    ],
    // 10 × 3 + 1000 × 0.30 + 2000 × 3.75 + 500 × 6 + 100 × 15, and two searches at a cent.
    [
      "anthropic",
      "claude-sonnet-4-5",
      {
        inputTokens: 3510,
        inputCachedTokens: 1000,
        inputCacheCreationTokens: 2500,
        inputCacheCreation5mTokens: 2000,
        inputCacheCreation1hTokens: 500,
        outputTokens: 100,
        webSearches: 2,
      },
      32_330_000,
    ],
    // Above 200,000 tokens all are dearer: 200,001 × 6 + 10 × 22.50; at 200,000 not yet.
    ["anthropic", "claude-sonnet-4-5", { inputTokens: 200_001, outputTokens: 10 }, 1_200_231_000],
    ["anthropic", "claude-sonnet-4-5", { inputTokens: 200_000, outputTokens: 10 }, 600_150_000],
    // 60 text × 0.30 + 40 audio × 1 + 20 cached text × 0.03 + 5 cached audio × 0.10 + 7 × 2.50.
    [
      "google",
      "gemini-2.5-flash",
      { inputTokens: 125, inputAudioTokens: 45, inputCachedTokens: 25, inputCachedAudioTokens: 5, outputTokens: 7 },
      76_600,
    ],
    // 10 text × 4 + 20 audio × 32 + 30 audio × 64 + 5 text × 16.
    [
      "openai",
      "gpt-realtime",
      { inputTokens: 30, inputAudioTokens: 20, outputTokens: 35, outputAudioTokens: 30 },
      2_680_000,
    ],
    // Half a minute of 0.36 dollars an hour; a second of Groq's counts as ten.
    ["openai", "whisper-1", { audioSeconds: 30.5 }, 3_050_000],
    ["groq", "whisper-large-v3", { audioSeconds: 1 }, 308_333],
    // 12 dollars for a thousand requests, and 1 + 1 for a million tokens.
    ["perplexity", "sonar", { inputTokens: 100, outputTokens: 100 }, 12_200_000],
    // Reasoning apart: 10 × 2 + (100 − 60) × 8 + 60 × 3.
    ["perplexity", "sonar-deep-research", { inputTokens: 10, outputTokens: 100, outputReasoningTokens: 60 }, 520_000],
    ["openai", "text-embedding-3-small", { inputTokens: 5, totalTokens: 5 }, 100],
    ["openrouter", "deepseek/deepseek-r1:free", { inputTokens: 5, outputTokens: 9 }, 0],
  ];
  test.each(table as [string, string, TokenUsage, number][])("%s %s %p", (...[key, model, usage, nanoUsd]) => {
    expect(costFor(key, model, usage)).toEqual({ state: "priced", nanoUsd, priceVersion: version });
  });
});

test.each([
  ["openai", "gpt-5-mini", "flex", 625_000],
  ["openai", "gpt-5-mini", "batch", 625_000],
  ["openai", "gpt-5-mini", "priority", 2_250_000],
  ["openai", "gpt-5.5", "priority", 50_000_000],
  ["openai", "gpt-5-mini", "default", 1_250_000],
  ["openai", "gpt-5-mini", "a tier of next year", 1_250_000],
  ["anthropic", "claude-haiku-4-5", "batch", 1_750_000],
  ["anthropic", "claude-haiku-4-5", "priority", 3_500_000],
  ["google", "gemini-2.5-flash", "FLEX", 775_000],
])("service tier: %s %s %s", (...[key, model, serviceTier, nanoUsd]) => {
  const usage: TokenUsage = { inputTokens: 1000, outputTokens: 500, serviceTier };
  expect(costFor(key, model, usage).nanoUsd).toBe(nanoUsd);
});

test("a service tier changes tokens, not searches", () => {
  const usage: TokenUsage = { inputTokens: 1000, outputTokens: 0, webSearches: 1, serviceTier: "batch" };
  expect(costFor("anthropic", "claude-sonnet-4-5", usage).nanoUsd).toBe(1_500_000 + 10_000_000);
});

describe("states", () => {
  const usage: TokenUsage = { inputTokens: 1000, outputTokens: 10 };
  const none = { state: "none", nanoUsd: null, priceVersion: null } as const;
  const unpriced = { state: "unpriced", nanoUsd: null, priceVersion: null } as const;

  test("no usage, or none of anything, is none", () => {
    expect(costFor("openai", "gpt-4o", null)).toEqual(none);
    expect(costFor("openai", "gpt-unheard-of", { inputTokens: 0, outputTokens: 0 })).toEqual(none);
  });

  test("usage without a price is unpriced, not zero", () => {
    expect(costFor("openai", "gpt-unheard-of", usage)).toEqual(unpriced);
    expect(
      costOf(book, { provider: { slug: "custom-x", priceKey: null }, models: ["m"], usage, atMs, customCost: null }),
    ).toEqual(unpriced);
    expect(costFor("openai", "gpt-4o", usage, { models: [null] })).toEqual(unpriced);
    // Audio is charged by its length, which this answer does not tell.
    expect(costFor("openai", "whisper-1", { inputTokens: 40, outputTokens: 9 })).toEqual(unpriced);
  });

  test("the first of the models' names with a price counts", () => {
    expect(costFor("azure", "", usage, { models: ["my-deployment", "gpt-4o"] }).nanoUsd).toBe(2_600_000);
    expect(costFor("azure", "", usage, { models: ["gpt-4o-mini-2024-07-18", "gpt-4o"] }).nanoUsd).toBe(156_000);
  });

  test("what the vendor says it cost counts only where the book knows no price", () => {
    const told = { ...usage, reportedCostNanoUsd: 777 };
    expect(costFor("openai", "gpt-4o", told)).toEqual({ state: "priced", nanoUsd: 2_600_000, priceVersion: version });
    expect(costFor("openrouter", "a/b", told)).toEqual({ state: "priced", nanoUsd: 777, priceVersion: "reported" });
  });

  test("unless the book's price is only a bound", () => {
    const told = { ...usage, reportedCostNanoUsd: 777 };
    expect(costFor("perplexity", "sonar", told)).toEqual({ state: "priced", nanoUsd: 777, priceVersion: "reported" });
    expect(costFor("perplexity", "sonar", usage).nanoUsd).toBe(13_010_000);
  });

  test("the client's own prices come first, and need tokens unless they are a total", () => {
    const customCost = parseCustomCost('{"per_token_in":1e-6,"per_token_out":2e-6}');
    const custom = (nanoUsd: number) => ({ state: "custom", nanoUsd, priceVersion: null }) as const;
    expect(costFor("openai", "gpt-4o", usage, { customCost })).toEqual(custom(1_020_000));
    expect(costFor("openai", "gpt-4o", null, { customCost })).toEqual(none);
    expect(costFor("openai", "gpt-4o", null, { customCost: parseCustomCost('{"total_cost":0.25}') })).toEqual(
      custom(250_000_000),
    );
    expect(costFor("openai", "gpt-4o", usage, { customCost: parseCustomCost('{"total_cost":0}') })).toEqual(custom(0));
  });
});

const count = fc.integer({ min: 0, max: 3_000_000 });
const anyUsage: fc.Arbitrary<TokenUsage> = fc.record(
  {
    inputTokens: count,
    outputTokens: count,
    inputCachedTokens: count,
    inputCachedAudioTokens: count,
    inputCachedImageTokens: count,
    inputCacheCreationTokens: count,
    inputCacheCreation1hTokens: count,
    inputAudioTokens: count,
    inputImageTokens: count,
    inputVideoTokens: count,
    outputReasoningTokens: count,
    outputAudioTokens: count,
    outputImageTokens: count,
    webSearches: fc.integer({ min: 0, max: 100 }),
    audioSeconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
    serviceTier: fc.constantFrom("batch", "flex", "priority", "default"),
  },
  { requiredKeys: ["inputTokens", "outputTokens"] },
);
const anyModel = fc.constantFrom(
  ["openai", "gpt-5.5"],
  ["openai", "gpt-realtime"],
  ["openai", "gpt-image-1"],
  ["anthropic", "claude-sonnet-4-5"],
  ["google", "gemini-2.5-flash"],
  ["google", "gemini-3.1-flash-live-preview"],
  ["perplexity", "sonar-deep-research"],
  ["deepseek", "deepseek-chat"],
) as fc.Arbitrary<[string, string]>;

test("whatever a vendor tells, a cost is a whole number from 0 on, and its parts never cost more than the dearest price of its totals", () => {
  fc.assert(
    fc.property(anyModel, anyUsage, ([key, model], usage) => {
      const { nanoUsd } = costFor(key, model, usage);
      if (nanoUsd === null) return;
      expect(Number.isSafeInteger(nanoUsd) && nanoUsd >= 0).toBe(true);
      const price = book.find({ slug: key, priceKey: key }, model)?.at(atMs);
      const steps = [price?.base, ...(price?.longPrompts ?? []).map((step) => step.prices)];
      const dearest = Math.max(
        ...steps.flatMap((prices) =>
          Object.entries(prices ?? {})
            .filter(([name]) => /^(?:in|out|cache)/.test(name))
            .map(([, pico]) => pico ?? 0),
        ),
      );
      const { webSearches = 0, inputTokens = 0, outputTokens = 0 } = usage;
      expect(nanoUsd).toBeLessThanOrEqual(
        ((inputTokens + outputTokens) * dearest * 2.5) / 1000 + webSearches * 1e7 + 2e7,
      );
    }),
    { numRuns: 1000 },
  );
});

test("more tokens never cost less", () => {
  fc.assert(
    fc.property(anyModel, anyUsage, count, ([key, model], usage, more) => {
      const less = costFor(key, model, usage).nanoUsd ?? 0;
      for (const name of ["inputTokens", "outputTokens", "webSearches"] as const)
        expect(
          costFor(key, model, { ...usage, [name]: (usage[name] ?? 0) + more }).nanoUsd ?? 0,
        ).toBeGreaterThanOrEqual(less);
    }),
    { numRuns: 1000 },
  );
});
