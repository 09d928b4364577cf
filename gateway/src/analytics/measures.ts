import type { AnalyticsMeasure } from "../stores/ports/analytics-store.ts";
import type { CounterName } from "./counters.ts";
import type { DistinctCounter } from "./distinct-counter.ts";
import type { LatencySketch } from "./latency-sketch.ts";

/** Everything counted for one group; sketches are null where no measure needs them. */
export interface GroupTotals {
  /** In the order of `counterNames`; those that no measure needs stay 0. */
  readonly counters: number[];
  readonly duration: LatencySketch | null;
  readonly firstByte: LatencySketch | null;
  readonly users: DistinctCounter | null;
}

/** What a measure is made of. */
export type MeasureSource = CounterName | "duration" | "first_byte" | "users";

interface MeasureRule {
  readonly sources: readonly MeasureSource[];
  /** `counters` in the order of `sources`. */
  readonly value: (counters: readonly number[], totals: GroupTotals) => number | null;
}

function sum(...sources: CounterName[]): MeasureRule {
  return { sources, value: (counters) => counters.reduce((total, counter) => total + counter, 0) };
}

function difference(whole: CounterName, part: CounterName): MeasureRule {
  return { sources: [whole, part], value: ([all = 0, some = 0]) => all - some };
}

function ratio(part: CounterName, whole: CounterName, factor = 1): MeasureRule {
  return { sources: [part, whole], value: ([top = 0, bottom = 0]) => (bottom === 0 ? null : (factor * top) / bottom) };
}

function durationQuantile(quantile: number): MeasureRule {
  return { sources: ["duration"], value: (_, { duration }) => duration?.quantile(quantile) ?? null };
}

function firstByteQuantile(quantile: number): MeasureRule {
  return { sources: ["first_byte"], value: (_, { firstByte }) => firstByte?.quantile(quantile) ?? null };
}

/** How each measure is made. Tokens per second are output tokens over the whole duration of the answers that told them. */
export const measureRules: Readonly<Record<AnalyticsMeasure, MeasureRule>> = {
  requests: sum("requests"),
  errors: sum("errors"),
  error_share: ratio("errors", "requests"),
  superseded: sum("superseded"),
  cached: sum("cached"),
  cached_share: ratio("cached", "requests"),
  unpriced: sum("unpriced"),
  tokens_in: sum("tokens_in"),
  tokens_out: sum("tokens_out"),
  tokens: sum("tokens_in", "tokens_out"),
  cached_tokens_in: sum("cached_tokens_in"),
  cached_tokens_out: sum("cached_tokens_out"),
  uncached_tokens_in: difference("tokens_in", "cached_tokens_in"),
  uncached_tokens_out: difference("tokens_out", "cached_tokens_out"),
  prompt_cache_tokens: sum("prompt_cache_tokens"),
  cost_nano_usd: sum("cost_nano_usd"),
  saved_nano_usd: sum("saved_nano_usd"),
  unique_users: { sources: ["users"], value: (_, { users }) => users?.estimate() ?? null },
  duration_average_ms: ratio("duration_ms", "requests"),
  duration_p50_ms: durationQuantile(0.5),
  duration_p90_ms: durationQuantile(0.9),
  duration_p95_ms: durationQuantile(0.95),
  duration_p99_ms: durationQuantile(0.99),
  time_to_first_byte_p50_ms: firstByteQuantile(0.5),
  time_to_first_byte_p90_ms: firstByteQuantile(0.9),
  time_to_first_byte_p95_ms: firstByteQuantile(0.95),
  time_to_first_byte_p99_ms: firstByteQuantile(0.99),
  tokens_per_second: ratio("generated_tokens", "generated_ms", 1000),
};
