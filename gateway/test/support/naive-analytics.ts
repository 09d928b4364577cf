import type { ExchangeRecord } from "../../src/core/exchange.ts";
import type {
  AnalyticsDimension,
  AnalyticsFilter,
  AnalyticsMeasure,
  AnalyticsQuestion,
  AnalyticsValue,
} from "../../src/stores/ports/analytics-store.ts";

/** A group as computed one record at a time; quantiles and users exact. */
export interface NaiveGroup {
  readonly bucketStartMs: number | null;
  readonly dimensions: readonly AnalyticsValue[];
  readonly measures: readonly (number | null)[];
}

/** Answers a question by looking at every record, by the definitions in `docs/reference/analytics-api.md`. */
export function naiveTotals(records: readonly ExchangeRecord[], question: AnalyticsQuestion): NaiveGroup[] {
  const counted = records.filter(
    (record) =>
      record.createdAtMs >= question.fromMs &&
      record.createdAtMs < question.toMs &&
      passes(record, question.filter) &&
      question.dimensions.every((name) => !isAttribute(name) || read(record, name) !== null),
  );
  const groups = Map.groupBy(counted, (record) =>
    JSON.stringify([bucketOf(record, question), question.dimensions.map((name) => read(record, name))]),
  );
  const isSingle = question.dimensions.length === 0 && question.bucketStartsMs === null;
  if (isSingle && groups.size === 0) groups.set("[null,[]]", []);
  return [...groups].map(([key, members]) => {
    const [bucketStartMs, dimensions] = JSON.parse(key) as [number | null, AnalyticsValue[]];
    return { bucketStartMs, dimensions, measures: question.measures.map((name) => measure(name, members)) };
  });
}

function isAttribute(name: AnalyticsDimension): boolean {
  return name === "user" || name.startsWith("metadata.");
}

function bucketOf(record: ExchangeRecord, { bucketStartsMs }: AnalyticsQuestion): number | null {
  return bucketStartsMs?.findLast((start) => start <= record.createdAtMs) ?? null;
}

function read(record: ExchangeRecord, name: AnalyticsDimension): AnalyticsValue {
  const values: Partial<Record<AnalyticsDimension, AnalyticsValue>> = {
    account: record.accountId,
    gateway: record.gatewayId,
    provider: record.provider,
    model: record.model,
    status: record.statusCode,
    error_code: record.errorCode,
    error: !record.success,
    rate_limited: record.errorCode === 2003,
    cache: record.cacheStatus,
    cached: record.cacheStatus === "HIT",
    user: record.userKey,
    user_agent: record.userAgent,
    tokens_out: record.usage?.outputTokens ?? null,
  };
  if (name in values) return values[name] as AnalyticsValue;
  const value = record.metadata?.[name.slice("metadata.".length)];
  return value === undefined ? null : String(value);
}

function passes(record: ExchangeRecord, filter: AnalyticsFilter): boolean {
  if ("all" in filter) return filter.all.every((part) => passes(record, part));
  if ("any" in filter) return filter.any.some((part) => passes(record, part));
  const value = read(record, filter.dimension);
  const isAmong = filter.values.some((wanted) => wanted === value);
  if (filter.operator === "eq") return isAmong;
  if (filter.operator === "neq") return !isAmong;
  if (filter.operator === "contains") return filter.values.some((part) => String(value).includes(String(part)));
  if (value === null) return false;
  const limit = filter.values[0] as AnalyticsValue & number;
  const [below, above] = [(value as number) < limit, (value as number) > limit];
  return { lt: below, lte: !above, gt: above, gte: !below }[filter.operator];
}

function measure(name: AnalyticsMeasure, records: readonly ExchangeRecord[]): number | null {
  const sum = (of: (record: ExchangeRecord) => number | null | undefined): number =>
    records.reduce((total, record) => total + (of(record) ?? 0), 0);
  const hits = (record: ExchangeRecord): boolean => record.cacheStatus === "HIT";
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  const generated = records.filter((record) => !hits(record) && (record.usage?.outputTokens ?? 0) > 0);
  const exact: Partial<Record<AnalyticsMeasure, () => number | null>> = {
    requests: () => records.length,
    errors: () => sum((record) => (record.success ? 0 : 1)),
    error_share: () => share(records.filter(({ success }) => !success).length, records.length),
    superseded: () => sum((record) => (record.outcome === "superseded" ? 1 : 0)),
    cached: () => records.filter(hits).length,
    cached_share: () => share(records.filter(hits).length, records.length),
    unpriced: () => sum((record) => (record.cost.state === "unpriced" ? 1 : 0)),
    tokens_in: () => sum((record) => record.usage?.inputTokens),
    tokens_out: () => sum((record) => record.usage?.outputTokens),
    tokens: () => sum((record) => (record.usage?.inputTokens ?? 0) + (record.usage?.outputTokens ?? 0)),
    cached_tokens_in: () => sum((record) => (hits(record) ? record.usage?.inputTokens : 0)),
    cached_tokens_out: () => sum((record) => (hits(record) ? record.usage?.outputTokens : 0)),
    uncached_tokens_in: () => sum((record) => (hits(record) ? 0 : record.usage?.inputTokens)),
    uncached_tokens_out: () => sum((record) => (hits(record) ? 0 : record.usage?.outputTokens)),
    prompt_cache_tokens: () => sum((record) => record.usage?.inputCachedTokens),
    cost_nano_usd: () => sum((record) => record.cost.nanoUsd),
    saved_nano_usd: () => sum((record) => record.cost.savedNanoUsd),
    unique_users: () =>
      new Set(records.flatMap((r) => (r.userKey === null ? [] : [`${r.accountId} ${r.userKey}`]))).size,
    duration_average_ms: () =>
      share(
        sum((record) => Math.round(record.durationMs)),
        records.length,
      ),
    tokens_per_second: () => {
      const seconds = generated.reduce((total, record) => total + Math.round(record.durationMs), 0) / 1000;
      return share(
        generated.reduce((total, { usage }) => total + (usage?.outputTokens ?? 0), 0),
        seconds,
      );
    },
  };
  const known = exact[name];
  if (known !== undefined) return known();
  const [, percent = "50"] = /_p(\d\d)_ms$/.exec(name) ?? [];
  const times = name.startsWith("duration")
    ? records.map((r) => r.durationMs)
    : records.map((r) => r.timeToFirstByteMs);
  const sorted = times.filter((time) => time !== null).toSorted((left, right) => left - right);
  return sorted[Math.max(1, Math.ceil((Number(percent) / 100) * sorted.length)) - 1] ?? null;
}
