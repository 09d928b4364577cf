import { GatewayError } from "../core/errors.ts";
import { scaledDecimal, sumCharges, type Charge } from "../core/money.ts";
import type { TokenUsage } from "../core/usage.ts";

/** The client's own prices for one request (reference §11.4). */
export type CustomCost =
  | { readonly totalNanoUsd: number }
  | {
      /** Pico-USD for a token. */
      readonly input: number;
      readonly output: number;
      /** Both null when neither was given: then cached tokens are tokens like others. */
      readonly cacheRead: number | null;
      readonly cacheWrite: number | null;
    };

const header = "cf-aig-custom-cost";
/** More dollars for a token, or for a request, than any is worth: a unit gone wrong. */
const MOST_PER_TOKEN = 1;
const MOST_TOTAL = 1_000_000;
const same = { numerator: 1, denominator: 1 };

/**
 * Reads the header `cf-aig-custom-cost`: JSON with `total_cost`, or with `per_token_in` and `per_token_out` (either may be left out and is then 0), `per_cache_read_token`,
 * `per_cache_write_token`; dollars all. `total_cost` wins over prices. Unknown members are passed over.
 * Throws 7001 naming the member that is no number from 0 on, or when none is there.
 */
export function parseCustomCost(text: string): CustomCost {
  const members = parseObject(text);
  const total = dollars(members, "total_cost", { exponent: 9, most: MOST_TOTAL });
  if (total !== null) return { totalNanoUsd: total };
  const perToken = (name: string) => dollars(members, name, { exponent: 12, most: MOST_PER_TOKEN });
  const input = perToken("per_token_in");
  const output = perToken("per_token_out");
  const read = perToken("per_cache_read_token");
  const write = perToken("per_cache_write_token");
  if (input === null && output === null)
    throw invalid(header, "expected total_cost, or per_token_in and per_token_out");
  const hasCachePrice = read !== null || write !== null;
  return {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: hasCachePrice ? (read ?? input ?? 0) : null,
    cacheWrite: hasCachePrice ? (write ?? input ?? 0) : null,
  };
}

/** What `cost` makes of `usage`, in nano-USD; null when it prices tokens and none are known. */
export function customCostOf(cost: CustomCost, usage: TokenUsage | null): number | null {
  if ("totalNanoUsd" in cost) return cost.totalNanoUsd;
  const { inputTokens = 0, outputTokens = 0, inputCachedTokens = 0, inputCacheCreationTokens = 0 } = usage ?? {};
  if (inputTokens + outputTokens === 0) return null;
  // Counts of ours include what was cached, whatever the vendor's did, so it is taken out for all alike.
  const read = cost.cacheRead === null ? 0 : Math.min(inputCachedTokens, inputTokens);
  const written = cost.cacheWrite === null ? 0 : Math.min(inputCacheCreationTokens, inputTokens - read);
  const charges: readonly Charge[] = [
    { count: inputTokens - read - written, picoUsd: cost.input, per: 1 },
    { count: read, picoUsd: cost.cacheRead ?? 0, per: 1 },
    { count: written, picoUsd: cost.cacheWrite ?? 0, per: 1 },
    { count: outputTokens, picoUsd: cost.output, per: 1 },
  ];
  return sumCharges({ scaled: charges, unscaled: [] }, same);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(header, "expected JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(header, "expected an object");
  return value as Readonly<Record<string, unknown>>;
}

function dollars(
  members: Readonly<Record<string, unknown>>,
  name: string,
  { exponent, most }: { exponent: number; most: number },
): number | null {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (value === undefined || value === null) return null;
  const scaled = typeof value === "number" && value <= most ? scaledDecimal(value, exponent) : null;
  if (scaled === null) throw invalid(`${header}.${name}`, `expected a number of dollars from 0 to ${most}`);
  return scaled;
}

function invalid(path: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message: `${path}: ${message}` });
}
