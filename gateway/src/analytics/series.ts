import type { ExchangeRecord } from "../core/exchange.ts";
import type { AnalyticsDimension, AnalyticsValue } from "../stores/ports/analytics-store.ts";

/** What attempts have in common that are counted together: all dimensions of which there are few values. */
export interface Series {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly provider: string;
  readonly model: string | null;
  readonly statusCode: number;
  readonly errorCode: number | null;
  readonly cacheStatus: "HIT" | "MISS" | null;
  readonly success: boolean;
}

/** Stands for the models that came when there were too many to tell apart. */
export const OTHER_MODELS = "(other)";

/** Code of the gateway's own rate limits (reference §15). */
const RATE_LIMITED = 2003;

/** The series an attempt belongs to. */
export function seriesOf(record: Series & Partial<ExchangeRecord>): Series {
  const { accountId, gatewayId, provider, model, statusCode, errorCode, cacheStatus, success } = record;
  return { accountId, gatewayId, provider, model, statusCode, errorCode, cacheStatus, success };
}

const readers = {
  account: ({ accountId }) => accountId,
  gateway: ({ gatewayId }) => gatewayId,
  provider: ({ provider }) => (provider === "" ? null : provider),
  model: ({ model }) => model,
  status: ({ statusCode }) => statusCode,
  error_code: ({ errorCode }) => errorCode,
  error: ({ success }) => !success,
  rate_limited: ({ errorCode }) => errorCode === RATE_LIMITED,
  cache: ({ cacheStatus }) => cacheStatus,
  cached: ({ cacheStatus }) => cacheStatus === "HIT",
} satisfies Partial<Record<AnalyticsDimension, (series: Series) => AnalyticsValue>>;

/** A dimension that every series tells. */
export type SeriesDimension = keyof typeof readers;

/** Whether series tell this dimension; the others need attributes or rows. */
export function isSeriesDimension(dimension: AnalyticsDimension): dimension is SeriesDimension {
  return Object.hasOwn(readers, dimension);
}

/** Whether all series of one model at one gateway have the same value. */
export function isFamilyDimension(dimension: AnalyticsDimension): boolean {
  return dimension === "account" || dimension === "gateway" || dimension === "provider" || dimension === "model";
}

/** Value of a dimension for a series. */
export function seriesValue(series: Series, dimension: SeriesDimension): AnalyticsValue {
  return readers[dimension](series);
}
