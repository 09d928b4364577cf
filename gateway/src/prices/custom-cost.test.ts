import { describe, expect, test } from "bun:test";
import { GatewayError } from "../core/errors.ts";
import { UsageReader } from "../dialects/read-usage.ts";
import { findDialect } from "../dialects/registry.ts";
import type { DialectId } from "../dialects/dialect.ts";
import { customCostOf, parseCustomCost } from "./custom-cost.ts";

function usageOf(dialect: DialectId, usage: Readonly<Record<string, unknown>>) {
  const reader = new UsageReader(findDialect(dialect), []);
  reader.note({ usage });
  return reader.usage();
}

const openai = usageOf("openai-chat", {
  prompt_tokens: 1000,
  completion_tokens: 50,
  prompt_tokens_details: { cached_tokens: 800 },
});
const anthropic = usageOf("anthropic-messages", { input_tokens: 200, cache_read_input_tokens: 800, output_tokens: 50 });

describe("arithmetic (reference A.7)", () => {
  const prices = '{"per_token_in":1e-6,"per_token_out":2e-6,"per_cache_read_token":1e-7}';

  test("comes to the same whether the vendor counts cached tokens in or not", () => {
    expect(customCostOf(parseCustomCost(prices), openai)).toBe(380_000);
    expect(customCostOf(parseCustomCost(prices), anthropic)).toBe(380_000);
  });

  test("without a cache price, cached tokens are tokens", () => {
    const cost = parseCustomCost('{"per_token_in":1e-6,"per_token_out":2e-6}');
    expect(customCostOf(cost, openai)).toBe(1_100_000);
    expect(customCostOf(cost, anthropic)).toBe(1_100_000);
  });

  test("a cache price that is missing beside another is the price of input", () => {
    const cost = parseCustomCost('{"per_token_in":1e-6,"per_token_out":0,"per_cache_write_token":5e-6}');
    const usage = { inputTokens: 100, inputCachedTokens: 30, inputCacheCreationTokens: 20, outputTokens: 0 };
    expect(customCostOf(cost, usage)).toBe(80_000 + 100_000);
  });

  test("prices far below a nano-dollar lose nothing", () => {
    expect(customCostOf(parseCustomCost('{"per_token_in":0.000000075}'), { inputTokens: 1001 })).toBe(75_075);
    expect(customCostOf(parseCustomCost('{"per_token_in":1e-12}'), { inputTokens: 1500 })).toBe(2);
  });
});

test("a total wins, and needs no tokens", () => {
  expect(customCostOf(parseCustomCost('{"total_cost":0.00125,"per_token_in":9}'), null)).toBe(1_250_000);
});

test.each([
  ["", "cf-aig-custom-cost"],
  ["0.5", "cf-aig-custom-cost"],
  ["[]", "cf-aig-custom-cost"],
  ["{}", "cf-aig-custom-cost"],
  ['{"per_cache_read_token":1}', "cf-aig-custom-cost"],
  ['{"per_token_in":"1e-6","per_token_out":0}', "cf-aig-custom-cost.per_token_in"],
  ['{"per_token_in":0,"per_token_out":-1}', "cf-aig-custom-cost.per_token_out"],
  ['{"per_token_in":0,"per_cache_write_token":true}', "cf-aig-custom-cost.per_cache_write_token"],
  ['{"per_token_in":1.01}', "cf-aig-custom-cost.per_token_in"],
  ['{"total_cost":1e999}', "cf-aig-custom-cost.total_cost"],
])("%p is refused at %s", (text, path) => {
  try {
    parseCustomCost(text);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    const { definition, details } = error as GatewayError;
    expect({ code: definition.code, path: details.path }).toEqual({ code: 7001, path });
    return;
  }
  throw new Error("was taken");
});
