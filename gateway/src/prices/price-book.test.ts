import { describe, expect, test } from "bun:test";
import { openBundledPriceBook } from "./open-bundled-price-book.ts";
import { createPriceBook } from "./price-book.ts";

const book = openBundledPriceBook();
const at = Date.parse("2026-11-01T12:00:00Z");

function priceOf(priceKey: string, model: string, atMs = at) {
  const price = book.find({ slug: priceKey, priceKey }, model)?.at(atMs) ?? null;
  return price === null ? null : [price.base.input, price.base.output];
}

describe("names as providers write them", () => {
  test.each([
    ["openai", "gpt-4o-2024-08-06", [2_500_000, 10_000_000]],
    ["openai", " GPT-4o ", [2_500_000, 10_000_000]],
    ["openai", "openai/gpt-5-mini", [250_000, 2_000_000]],
    ["openai", "ft:gpt-4o-mini-2024-07-18:org::id", [300_000, 1_200_000]],
    ["openai", "text-embedding-3-small", [20_000, 0]],
    ["anthropic", "claude-opus-4-1-20250805", [15_000_000, 75_000_000]],
    ["anthropic", "anthropic/claude-haiku-4-5@20251001", [1_000_000, 5_000_000]],
    ["google", "models/gemini-2.5-flash", [300_000, 2_500_000]],
    ["google", "publishers/google/models/gemini-2.5-flash", [300_000, 2_500_000]],
    ["google", "claude-haiku-4-5@20251001", [1_000_000, 5_000_000]],
    ["aws", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", [3_300_000, 16_500_000]],
    ["aws", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", [3_000_000, 15_000_000]],
    [
      "aws",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
      [3_300_000, 16_500_000],
    ],
    ["azure", "gpt-35-turbo", [500_000, 1_500_000]],
    ["openrouter", "deepseek/deepseek-r1:free", [0, 0]],
    ["openrouter", "openai/gpt-4o-mini:nitro", [150_000, 600_000]],
    ["groq", "openai/gpt-oss-120b", [150_000, 600_000]],
    ["cloudflare", "workers-ai/@cf/meta/llama-3.1-8b-instruct", [282_000, 827_000]],
  ])("%s %s", (priceKey, model, prices) => {
    expect(priceOf(priceKey, model)).toEqual(prices);
  });

  test.each([
    ["openai", "gpt-unheard-of"],
    ["azure", "my-deployment"],
    ["openrouter", "acme/paid-model-nobody-lists:free"],
    ["openai", ""],
    ["openai", "x".repeat(5000)],
    ["no-such-key", "gpt-4o"],
    ["__proto__", "gpt-4o"],
  ])("no price: %s %p", (priceKey, model) => {
    expect(priceOf(priceKey, model)).toBeNull();
  });

  test("a provider that is not on the list has no prices", () => {
    expect(book.find({ slug: "custom-mine", priceKey: null }, "gpt-4o")).toBeNull();
  });

  test("a model listed without a price, which is not said to be free, is unpriced", () => {
    expect(book.find({ slug: "cerebras", priceKey: "cerebras" }, "qwen-3-coder-480b")?.at(at) ?? null).toBeNull();
    expect(priceOf("google", "gemma-3-27b-it")).toEqual([0, 0]);
  });
});

test("prices by time of day and by date", () => {
  const chat = (time: string) => priceOf("deepseek", "deepseek-chat", Date.parse(time));
  expect(chat("2026-05-01T00:29:59.999Z")).toEqual([135_000, 550_000]);
  expect(chat("2026-05-01T00:30:00Z")).toEqual([270_000, 1_100_000]);
  expect(chat("2026-05-01T16:30:00Z")).toEqual([135_000, 550_000]);
  const dated = createPriceBook(
    listOf([
      { prices: { input_mtok: 2 } },
      { from: "2026-03-01", prices: { input_mtok: 1 } },
      { daily: [82_800, 3600], prices: { input_mtok: 9 } },
    ]),
  );
  const input = (time: string) => dated.find({ slug: "a", priceKey: "a" }, "m")?.at(Date.parse(time))?.base.input;
  expect(input("2026-02-28T12:00:00Z")).toBe(2_000_000);
  expect(input("2026-03-01T12:00:00Z")).toBe(1_000_000);
  expect(input("2026-03-01T23:00:00Z")).toBe(9_000_000);
  expect(input("2026-03-02T00:59:59Z")).toBe(9_000_000);
  expect(input("2026-03-02T01:00:00Z")).toBe(1_000_000);
});

test.each([
  ["format", { format: 2 }],
  ["version", { version: "" }],
  ["providers", { providers: {} }],
  ["a.m.prices[0].prices.input_mtok", listOf([{ prices: { input_mtok: -1 } }])],
  ["a.m.prices[0].prices.input_mtok", listOf([{ prices: { input_mtok: 1e9 } }])],
  ["a.m.prices[0].prices.input_mtok", listOf([{ prices: { input_mtok: "3" } }])],
  ["a.m.prices[0].prices.input_btok", listOf([{ prices: { input_btok: 3 } }])],
  [
    "a.m.prices[0].prices.input_mtok.tiers",
    listOf([
      {
        prices: {
          input_mtok: {
            base: 1,
            tiers: [
              { start: 9, price: 1 },
              { start: 8, price: 2 },
            ],
          },
        },
      },
    ]),
  ],
  ["a.m.prices[0].from", listOf([{ from: "soon", prices: {} }])],
  ["a.m.prices[0].daily", listOf([{ daily: [0, 86_400], prices: {} }])],
  ["a.m.match", listOf([{ prices: {} }], { sounds_like: "m" })],
  ["a.m.match", listOf([{ prices: {} }], { regex: "(" })],
])("refuses a list with a fault at %s", (path, fault) => {
  const list = { format: 1, version: "v", providers: { a: { models: [] } }, ...fault };
  expect(() => createPriceBook(list)).toThrow(`${path}: `);
});

test("looking up names nobody knows does not grow without bound", () => {
  const provider = { slug: "openai", priceKey: "openai" };
  const known = book.find(provider, "gpt-4o");
  for (let index = 0; index < 10_000; index += 1) expect(book.find(provider, `invented-${index}`)).toBeNull();
  expect(book.find(provider, "gpt-4o")).toBe(known);
});

function listOf(prices: readonly unknown[], match: unknown = { equals: "m" }) {
  return { format: 1, version: "v", providers: { a: { models: [{ id: "m", match, prices }] } } };
}
