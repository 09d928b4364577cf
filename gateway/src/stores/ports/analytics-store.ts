/** What can be counted (reference §11.1). Money is nano-USD, times milliseconds, shares 0 to 1; null where there is nothing to tell. */
export const analyticsMeasures = [
  "requests",
  "errors",
  "error_share",
  "superseded",
  "cached",
  "cached_share",
  "unpriced",
  "tokens_in",
  "tokens_out",
  "tokens",
  "cached_tokens_in",
  "cached_tokens_out",
  "uncached_tokens_in",
  "uncached_tokens_out",
  "prompt_cache_tokens",
  "cost_nano_usd",
  "saved_nano_usd",
  "unique_users",
  "duration_average_ms",
  "duration_p50_ms",
  "duration_p90_ms",
  "duration_p95_ms",
  "duration_p99_ms",
  "time_to_first_byte_p50_ms",
  "time_to_first_byte_p90_ms",
  "time_to_first_byte_p95_ms",
  "time_to_first_byte_p99_ms",
  "tokens_per_second",
] as const;

/** Name of a figure. */
export type AnalyticsMeasure = (typeof analyticsMeasures)[number];

/**
 * By what it can be grouped and filtered, beside `metadata.<key>`.
 * `error` is the opposite of the log's `success`; `cache` is HIT, MISS or null; `rate_limited` marks the gateway's own refusals.
 */
export const analyticsDimensions = [
  "account",
  "gateway",
  "provider",
  "model",
  "status",
  "error_code",
  "error",
  "rate_limited",
  "cache",
  "cached",
  "user",
  "request_type",
  "outcome",
  "streamed",
  "user_agent",
  "cost_nano_usd",
  "duration_ms",
  "tokens_in",
  "tokens_out",
  "metadata",
] as const;

/** Name of what figures are grouped and filtered by. */
export type AnalyticsDimension = (typeof analyticsDimensions)[number] | `metadata.${string}`;

/** A value of a dimension; null where there is none. */
export type AnalyticsValue = string | number | boolean | null;

/** How a condition compares. */
export const analyticsOperators = ["eq", "neq", "contains", "lt", "lte", "gt", "gte"] as const;

/**
 * `eq` holds when the value is one of `values`, `neq` when it is none, `contains` when one is part of it whatever the case of its
 * letters; the others compare with the only value and never hold for null.
 */
export interface AnalyticsCondition {
  readonly dimension: AnalyticsDimension;
  readonly operator: (typeof analyticsOperators)[number];
  readonly values: readonly AnalyticsValue[];
}

/** Conditions, all or any of which have to hold. */
export type AnalyticsFilter =
  | AnalyticsCondition
  | { readonly all: readonly AnalyticsFilter[] }
  | { readonly any: readonly AnalyticsFilter[] };

/** One chart or table. */
export interface AnalyticsQuestion {
  /** Unix milliseconds, first included. */
  readonly fromMs: number;
  /** Unix milliseconds, first not included. */
  readonly toMs: number;
  /** Ascending starts of the time buckets, Unix milliseconds on whole minutes; the first is at or before `fromMs`. Null for no time axis. */
  readonly bucketStartsMs: readonly number[] | null;
  readonly dimensions: readonly AnalyticsDimension[];
  readonly measures: readonly AnalyticsMeasure[];
  readonly filter: AnalyticsFilter;
  /** Whether to answer, for each combination of dimensions that occurs, buckets too in which nothing happened. Default: no. */
  readonly withEmptyBuckets?: boolean;
}

/** The figures of one combination of dimensions, in one bucket. */
export interface AnalyticsGroup {
  /** Null without a time axis. */
  readonly bucketStartMs: number | null;
  /** In the order of the question's dimensions. */
  readonly dimensions: readonly AnalyticsValue[];
  /** In the order of the question's measures. */
  readonly measures: readonly (number | null)[];
}

/** What a question is answered with. */
export interface AnalyticsAnswer {
  /** Groups in which anything happened, in no order. Without dimensions and time axis exactly one, also of nothing. */
  readonly groups: readonly AnalyticsGroup[];
  /**
   * `roll-ups` count every attempt; `rows` only those whose log row is still there. Quantiles are within 2 %, users within
   * 1.6 % (standard error).
   */
  readonly source: "roll-ups" | "rows";
  /** The range that was counted: the question's, widened to the grain of the source. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Answers what happened, how often, at what cost (architecture §5). */
export interface AnalyticsStore {
  /** @throws AnalyticsTooLarge when the answer would have too many groups or take too long. */
  totals(question: AnalyticsQuestion): Promise<AnalyticsAnswer>;
}

/** A question whose answer would be too large or take too long. `part` says what to make smaller. */
export class AnalyticsTooLarge extends Error {
  override readonly name = "AnalyticsTooLarge";
  readonly part: "range" | "dimensions";

  constructor(message: string, part: "range" | "dimensions") {
    super(message);
    this.part = part;
  }
}
