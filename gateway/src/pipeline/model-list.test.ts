import { describe, expect, test } from "bun:test";
import type { Clock } from "../core/clock.ts";
import { openBundledPriceBook } from "../prices/open-bundled-price-book.ts";
import { readPriceOverrides } from "../prices/price-override.ts";
import { withOverrides } from "../prices/with-overrides.ts";
import { findCompatProvider } from "../providers/find-compat-provider.ts";
import { compileProviders, type ProviderRegistry } from "../providers/registry.ts";
import { routeCompat } from "../providers/route-compat.ts";
import { createModelList } from "./model-list.ts";

const book = openBundledPriceBook();
const own = { base_url: "http://x.example", dialect: null };

interface Row {
  readonly id: string;
  readonly cost_in: number | null;
  readonly cost_out: number | null;
  readonly owned_by: string;
}

function clockAt(nowMs: number): Clock & { nowMsNow: number } {
  const clock = { nowMsNow: nowMs, nowMs: () => clock.nowMsNow, monotonicMs: () => clock.nowMsNow };
  return clock;
}

function list(providers: ProviderRegistry, prices = book, atMs = Date.parse("2026-11-01T00:00:00Z")): readonly Row[] {
  const body = createModelList(clockAt(atMs))({ providers, prices });
  return (JSON.parse(body.toString()) as { data: Row[] }).data;
}

describe("the list of models", () => {
  const providers = compileProviders({});
  const rows = list(providers);

  test("names every model once, and each name can be asked for as it stands", () => {
    expect(rows.length).toBeGreaterThan(500);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const { id, owned_by } of rows) {
      const found = findCompatProvider(providers, id, false);
      expect(found.compiled.slug).toBe(owned_by);
      const call = { ...found, endpoint: "chat/completions", query: "", accountId: "a" } as const;
      expect(routeCompat(call, []).model).toBe(found.model);
    }
  });

  test("has what costs are counted by, in dollars for a token", () => {
    const costs = Object.fromEntries(rows.map(({ id, cost_in, cost_out }) => [id, [cost_in, cost_out]]));
    expect(costs["openai/gpt-4o-mini"]).toEqual([0.000_000_15, 0.000_000_6]);
    expect(costs["anthropic/claude-haiku-4-5"]).toEqual([0.000_001, 0.000_005]);
    expect(costs["google-vertex-ai/google/gemini-2.5-flash"]).toEqual(costs["google-ai-studio/gemini-2.5-flash"]);
    const free = rows.filter(({ id }) => id.endsWith(":free"));
    expect(free.length).toBeGreaterThan(3);
    expect(free.filter(({ cost_in, cost_out }) => cost_in !== 0 || cost_out !== 0)).toEqual([]);
    expect(rows.some(({ cost_in }) => cost_in === null)).toBe(true);
  });

  test("leaves out what these endpoints do not serve", () => {
    const ids = rows.map(({ id }) => id);
    expect(ids.filter((id) => /^aws-bedrock\/.*(?:anthropic|amazon)\./.test(id))).toEqual([]);
    expect(ids.filter((id) => /^google[^/]*\/.*claude/.test(id))).toEqual([]);
    expect(ids.filter((id) => /^(?:azure-openai|replicate|cartesia|google|xai)\//.test(id))).toEqual([]);
  });
});

describe("providers of one's own", () => {
  test("are shown by the models somebody set a price for, else as a whole", () => {
    const providers = compileProviders({
      "custom-vllm": own,
      "custom-priced": own,
      "custom-claude": { ...own, dialect: "anthropic-messages" },
    });
    const settings = {
      "custom-priced": { "Llama-3": { input_per_million: 2, output_per_million: 4 }, "*": { per_request: 1 } },
      openai: { "gpt-4o-mini": { input_per_million: 7 }, "ft:mine": { input_per_million: 1 } },
    };
    const rows = list(providers, withOverrides(book, readPriceOverrides(settings)));
    const wanted = /^(?:custom-.*|openai\/(?:gpt-4o-mini|ft:mine))$/;
    const shown = rows.filter(({ id }) => wanted.test(id));
    expect(shown.map(({ id, cost_in, cost_out }) => [id, cost_in, cost_out])).toEqual([
      ["openai/gpt-4o-mini", 0.000_007, 0],
      ["openai/ft:mine", 0.000_001, 0],
      ["custom-vllm/*", null, null],
      ["custom-priced/llama-3", 0.000_002, 0.000_004],
    ]);
  });

  test("a built-in provider that speaks another dialect is not shown", () => {
    const providers = compileProviders({
      openai: { ...own, dialect: "ollama" },
      mistral: { ...own, dialect: "openai-chat" },
    });
    const owners = new Set(list(providers).map(({ owned_by }) => owned_by));
    expect([owners.has("openai"), owners.has("mistral")]).toEqual([false, true]);
  });
});

test("the list is kept until prices, providers or the minute change", () => {
  const clock = clockAt(0);
  const make = createModelList(clock);
  const providers = compileProviders({});
  const first = make({ providers, prices: book });
  clock.nowMsNow = 59_999;
  expect(make({ providers, prices: book })).toBe(first);
  const others = withOverrides(book, readPriceOverrides({ openai: { x: { input_per_million: 1 } } }));
  const second = make({ providers, prices: others });
  expect(second.length).toBeGreaterThan(first.length);
  const withOwn = compileProviders({ "custom-x": own });
  expect(make({ providers: withOwn, prices: others })).not.toBe(second);
  expect(make({ providers, prices: others })).toBe(second);
  clock.nowMsNow += 60_000;
  const third = make({ providers, prices: others });
  expect(third).not.toBe(second);
  expect(third.equals(second)).toBe(true);
});
