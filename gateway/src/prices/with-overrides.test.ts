import { describe, expect, test } from "bun:test";
import type { PriceOverrideSettings } from "../core/price-settings.ts";
import { costOf } from "./cost-of.ts";
import { openBundledPriceBook } from "./open-bundled-price-book.ts";
import { readPriceOverrides, type PriceOverride } from "./price-override.ts";
import { withOverrides } from "./with-overrides.ts";

const book = openBundledPriceBook();
const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

function costWith(
  overrides: readonly PriceOverride[],
  model: string,
  more: { slug?: string; time?: string; serviceTier?: string } = {},
) {
  const slug = more.slug ?? "openai";
  return costOf(withOverrides(book, overrides), {
    provider: { slug, priceKey: slug === "openai" ? "openai" : null },
    models: [model],
    usage: more.serviceTier === undefined ? usage : { ...usage, serviceTier: more.serviceTier },
    atMs: Date.parse(more.time ?? "2026-11-01T00:00:00Z"),
    customCost: null,
  });
}

const overrides = (settings: PriceOverrideSettings) => readPriceOverrides(settings);
const priced = (dollars: number, priceVersion: string) =>
  ({ state: "priced", nanoUsd: dollars * 1e9, priceVersion }) as const;

describe("overrides", () => {
  test("come before the book, by slug and model, and leave others alone", () => {
    const list = overrides({ openai: { "GPT-4o": { input_per_million: 1, output_per_million: 2 } } });
    expect(costWith(list, "gpt-4o")).toEqual(priced(3, "override"));
    expect(costWith(list, "gpt-4o-mini")).toEqual(priced(0.75, book.version));
    expect(costWith(list, "gpt-4o", { slug: "custom-openai" }).state).toBe("unpriced");
  });

  test("price providers that are on no list", () => {
    const list = overrides({ "custom-gpu": { "*": { per_request: 0.001 } } });
    expect(costWith(list, "llama", { slug: "custom-gpu" })).toEqual(priced(0.001, "override"));
  });

  test("the longest key that fits counts", () => {
    const price = (input_per_million: number) => ({ input_per_million });
    const list = overrides({
      openai: { "*": price(1), "gpt-4o*": price(2), "gpt-4o-mini": price(3), "gpt*": price(4) },
    });
    const dollars = (model: string) => (costWith(list, model).nanoUsd ?? 0) / 1e9;
    expect(["o3", "gpt-5", "gpt-4o-2024-08-06", "gpt-4o-mini"].map(dollars)).toEqual([1, 4, 2, 3]);
  });

  test("hold from their dates on, and the last that began counts", () => {
    const list = overrides({
      openai: {
        "gpt-4o": [
          { from: "2026-06-01", input_per_million: 6 },
          { from: "2026-03-01T12:00:00Z", input_per_million: 3 },
        ],
      },
    });
    const at = (time: string) => costWith(list, "gpt-4o", { time });
    expect(at("2026-03-01T11:59:59Z")).toEqual(priced(12.5, book.version));
    expect(at("2026-03-01T12:00:00Z")).toEqual(priced(3, "override@2026-03-01T12:00:00Z"));
    expect(at("2026-06-01T00:00:00Z")).toEqual(priced(6, "override@2026-06-01"));
  });

  test("of two that began together the later in the list counts, and a withdrawal brings the book back", () => {
    const [first, second] = overrides({ openai: { "gpt-4o": [{ input_per_million: 1 }, { input_per_million: 2 }] } });
    const history = [first as PriceOverride, second as PriceOverride];
    expect(costWith(history, "gpt-4o").nanoUsd).toBe(2e9);
    expect(costWith(history.toReversed(), "gpt-4o").nanoUsd).toBe(1e9);
    const withdrawn = [
      ...history,
      { provider: "openai", model: "gpt-4o", fromMs: Date.parse("2026-10-01"), price: null },
    ];
    expect(costWith(withdrawn, "gpt-4o").nanoUsd).toBe(12.5e9);
    expect(costWith(withdrawn, "gpt-4o", { time: "2026-09-30T23:59:59Z" }).nanoUsd).toBe(2e9);
  });

  test("are subject to the vendor's service tiers unless they bring their own", () => {
    const price = { input_per_million: 1, output_per_million: 1 };
    const plain = overrides({ openai: { "gpt-5-mini": price } });
    const own = overrides({ openai: { "gpt-5-mini": { ...price, service_tiers: { flex: 0.25 } } } });
    expect(costWith(plain, "gpt-5-mini", { serviceTier: "flex" }).nanoUsd).toBe(1e9);
    expect(costWith(own, "gpt-5-mini", { serviceTier: "flex" }).nanoUsd).toBe(5e8);
    expect(costWith(own, "gpt-5-mini", { serviceTier: "priority" }).nanoUsd).toBe(2e9);
  });

  test("do not change the book they are laid over", () => {
    withOverrides(book, overrides({ openai: { "gpt-4o": { input_per_million: 1 } } }));
    expect(costWith([], "gpt-4o")).toEqual(priced(12.5, book.version));
  });
});

test.each([
  ["prices.openai.m: expected at least one price", {}],
  ["prices.openai.m.from: soon is no date", { from: "soon", input_per_million: 1 }],
  ["prices.openai.m.input_per_million", { input_per_million: -1 }],
  ["prices.openai.m.per_request", { per_request: 10_000 }],
  ["prices.openai.m.service_tiers.flex", { input_per_million: 1, service_tiers: { flex: -1 } }],
])("refuses with %p", (message, settings) => {
  expect(() => overrides({ openai: { m: settings } })).toThrow(message);
});
