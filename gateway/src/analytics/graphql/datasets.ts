import type { AnalyticsInterval } from "../time-buckets.ts";
import type {
  AnalyticsDimension,
  AnalyticsFilter,
  AnalyticsMeasure,
  AnalyticsValue,
} from "../../stores/ports/analytics-store.ts";

/** How a dimension of a dataset is read, written and filtered. */
export interface DatasetDimension {
  /** Dimensions of the store that it is made of. */
  readonly from: readonly AnalyticsDimension[];
  /** The value as clients see it. */
  readonly show: (...values: AnalyticsValue[]) => AnalyticsValue;
  /** The condition that this dimension equals a value of the client's. */
  readonly equals: (value: AnalyticsValue) => AnalyticsFilter;
}

/** A dimension of time: the interval to count in, and the start of the one that holds a time, as clients see it. */
export interface TimeDimension {
  readonly interval: AnalyticsInterval;
  readonly widthMs: number;
  readonly show: (timeMs: number) => string;
}

/** A dataset whose figures come from the analytics store. */
export interface Dataset {
  readonly dimensions: Readonly<Record<string, DatasetDimension>>;
  /** Figures by field, then by field below it; `count` stands alone. */
  readonly measures: Readonly<Record<string, Readonly<Record<string, AnalyticsMeasure>>>>;
  /** What makes a request belong to it. */
  readonly filter: AnalyticsFilter;
}

const never: AnalyticsFilter = { any: [] };
const always: AnalyticsFilter = { all: [] };

function plain(dimension: AnalyticsDimension): DatasetDimension {
  return {
    from: [dimension],
    show: (value) => value ?? null,
    equals: (value) => ({ dimension, operator: "eq", values: [value] }),
  };
}

/** Booleans are 1 and 0 in the product; clients may also write them as such. */
function flag(dimension: AnalyticsDimension): DatasetDimension {
  return {
    from: [dimension],
    show: (value) => (value === true ? 1 : 0),
    equals: (value) => ({ dimension, operator: "eq", values: [value === true || value === 1] }),
  };
}

/** `provider/model`, `unknown` when none could be read (reference §10.2); the bare name finds it too. */
const model: DatasetDimension = {
  from: ["provider", "model"],
  show(provider, name) {
    if (typeof name !== "string") return "unknown";
    return provider === null || name.startsWith(`${provider}/`) ? name : `${provider}/${name}`;
  },
  equals(value) {
    if (value === "unknown") return { dimension: "model", operator: "eq", values: [null] };
    const whole: AnalyticsFilter = { dimension: "model", operator: "eq", values: [value] };
    const [, provider, name] = /^([^/]+)\/(.+)$/s.exec(String(value)) ?? [];
    if (provider === undefined || name === undefined) return whole;
    const named = (dimension: "provider" | "model", text: string): AnalyticsFilter => ({
      dimension,
      operator: "eq",
      values: [text],
    });
    return { any: [whole, { all: [named("provider", provider), named("model", name)] }] };
  },
};

const cost: DatasetDimension = {
  from: ["cost_nano_usd"],
  show: (value) => (typeof value === "number" ? value / 1e9 : null),
  equals: (value) => ({ dimension: "cost_nano_usd", operator: "eq", values: [Math.round(Number(value) * 1e9)] }),
};

/** Nothing is billed wholesale here. */
const wholesale: DatasetDimension = {
  from: [],
  show: () => 0,
  equals: (value) => (value === 0 || value === false ? always : never),
};

const cacheOp: DatasetDimension = {
  from: ["cache"],
  show: (value) => String(value).toLowerCase(),
  equals: (value) => ({ dimension: "cache", operator: "eq", values: [String(value).toUpperCase()] }),
};

const common = { model, provider: plain("provider"), gateway: plain("gateway") };
const ofStatus = { statusCode: plain("status"), rateLimited: flag("rate_limited") };
const count = { count: { "": "requests" } } as const;

/** The datasets of reference §11.2 that count requests. */
export const datasets = {
  aiGatewayRequestsAdaptiveGroups: {
    dimensions: {
      ...common,
      ...ofStatus,
      cached: flag("cached"),
      error: flag("error"),
      wholesale,
      cost,
      userAgent: plain("user_agent"),
      durationMs: plain("duration_ms"),
      tokensIn: plain("tokens_in"),
      tokensOut: plain("tokens_out"),
      metadataRaw: plain("metadata"),
    },
    measures: {
      ...count,
      sum: {
        cost: "cost_nano_usd",
        cachedRequests: "cached",
        erroredRequests: "errors",
        cachedTokensIn: "cached_tokens_in",
        cachedTokensOut: "cached_tokens_out",
        uncachedTokensIn: "uncached_tokens_in",
        uncachedTokensOut: "uncached_tokens_out",
        tokensIn: "tokens_in",
        tokensOut: "tokens_out",
      },
      quantiles: {
        durationMsP50: "duration_p50_ms",
        durationMsP90: "duration_p90_ms",
        durationMsP95: "duration_p95_ms",
        durationMsP99: "duration_p99_ms",
        timeToFirstByteMsP50: "time_to_first_byte_p50_ms",
        timeToFirstByteMsP90: "time_to_first_byte_p90_ms",
        timeToFirstByteMsP95: "time_to_first_byte_p95_ms",
        timeToFirstByteMsP99: "time_to_first_byte_p99_ms",
      },
    },
    filter: always,
  },
  aiGatewayErrorsAdaptiveGroups: {
    dimensions: { ...common, ...ofStatus },
    measures: count,
    filter: { dimension: "error", operator: "eq", values: [true] },
  },
  aiGatewayCacheAdaptiveGroups: {
    dimensions: { ...common, cacheOp },
    measures: count,
    filter: { dimension: "cache", operator: "neq", values: [null] },
  },
} as const satisfies Record<string, Dataset>;

function timeDimension(interval: AnalyticsInterval, widthMs: number): TimeDimension {
  return {
    interval,
    widthMs,
    show: (timeMs) => new Date(Math.floor(timeMs / widthMs) * widthMs).toISOString().replace(".000Z", "Z"),
  };
}

/** Dimensions of time, finest first, all in UTC. Roll-ups tell times by the minute, so `datetime` does too. */
export const timeDimensions: Readonly<Record<string, TimeDimension>> = {
  datetime: timeDimension("minute", 60_000),
  datetimeMinute: timeDimension("minute", 60_000),
  datetimeFiveMinutes: timeDimension("five_minutes", 300_000),
  datetimeFifteenMinutes: timeDimension("fifteen_minutes", 900_000),
  datetimeHour: timeDimension("hour", 3_600_000),
  date: {
    interval: "day",
    widthMs: 86_400_000,
    show: (timeMs) => new Date(timeMs).toISOString().slice(0, 10),
  },
};
