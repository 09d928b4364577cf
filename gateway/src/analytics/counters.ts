import type { ExchangeRecord } from "../core/exchange.ts";

/**
 * What is added up, in the order in which roll-ups keep it. All whole numbers.
 * `superseded` are attempts that the gateway turned away from to retry or fall back; they are among `requests`, as they have
 * log rows. `cached_tokens_…` are those of answers out of the gateway's cache; `prompt_cache_tokens` were read from the
 * provider's. `generated_…` are output tokens and duration of answers that told output tokens and came from a provider.
 */
export const counterNames = [
  "requests",
  "errors",
  "superseded",
  "cached",
  "unpriced",
  "tokens_in",
  "tokens_out",
  "cached_tokens_in",
  "cached_tokens_out",
  "prompt_cache_tokens",
  "cost_nano_usd",
  "saved_nano_usd",
  "duration_ms",
  "generated_tokens",
  "generated_ms",
] as const;

/** Name of what is added up. */
export type CounterName = (typeof counterNames)[number];

/** What one attempt may add at most; a provider's absurd figures must not overflow the sum of a day. */
const MOST_TOKENS = 1e12;
const MOST_NANO_USD = 1e14;
const LONGEST_MS = 1e10;

/** What counters are read from; a log row tells as much as a whole record. */
export type CountedRecord = Pick<
  ExchangeRecord,
  "success" | "outcome" | "cacheStatus" | "cost" | "usage" | "durationMs"
>;

/** What one attempt adds to each of `counterNames`, in that order. Errors are all attempts without success. */
export function countersOf(record: CountedRecord): number[] {
  const { usage, cost } = record;
  const tokensIn = bounded(usage?.inputTokens, MOST_TOKENS);
  const tokensOut = bounded(usage?.outputTokens, MOST_TOKENS);
  const isCached = record.cacheStatus === "HIT";
  const isGenerated = tokensOut > 0 && !isCached;
  const durationMs = bounded(record.durationMs, LONGEST_MS);
  return [
    1,
    record.success ? 0 : 1,
    record.outcome === "superseded" ? 1 : 0,
    isCached ? 1 : 0,
    cost.state === "unpriced" ? 1 : 0,
    tokensIn,
    tokensOut,
    isCached ? tokensIn : 0,
    isCached ? tokensOut : 0,
    bounded(usage?.inputCachedTokens, MOST_TOKENS),
    bounded(cost.nanoUsd, MOST_NANO_USD),
    bounded(cost.savedNanoUsd, MOST_NANO_USD),
    durationMs,
    isGenerated ? tokensOut : 0,
    isGenerated ? durationMs : 0,
  ];
}

function bounded(value: number | null | undefined, most: number): number {
  return typeof value === "number" && value > 0 ? Math.round(Math.min(value, most)) : 0;
}
