import type { Database } from "bun:sqlite";
import { attributeText, USER_ATTRIBUTE } from "../../analytics/attributes.ts";
import { type CountedRecord, countersOf } from "../../analytics/counters.ts";
import { filteredDimensions, holds } from "../../analytics/filter.ts";
import { bucketFinder, GroupTable, neededSources } from "../../analytics/group-table.ts";
import { isSeriesDimension, type Series, seriesValue } from "../../analytics/series.ts";
import type { ExchangeRecord, Metadata } from "../../core/exchange.ts";
import {
  type AnalyticsAnswer,
  type AnalyticsDimension,
  type AnalyticsQuestion,
  AnalyticsTooLarge,
  type AnalyticsValue,
} from "../ports/analytics-store.ts";
import { othersTurn } from "./others-turn.ts";
import { sequenceAt } from "./log-sequence.ts";

/** Widest range answered from rows. */
const LONGEST_RANGE_MS = 31 * 86_400_000;
/** Rows read without a pause. */
const SLICE_ROWS = 2048;

/** How long reading rows may take. */
export interface RowLimits {
  readonly longestMs: number;
  /** Milliseconds since an arbitrary start. */
  readonly monotonicMs: () => number;
}

interface Row {
  readonly sequence: number;
  readonly gateway: number;
  readonly created_at_ms: number;
  readonly provider: string;
  readonly model: string | null;
  readonly request_type: string;
  readonly user_agent: string | null;
  readonly user_key: string | null;
  readonly status_code: number;
  readonly outcome: ExchangeRecord["outcome"];
  readonly success: number;
  readonly cost_nano_usd: number | null;
  readonly cost_state: ExchangeRecord["cost"]["state"];
  readonly duration_ms: number;
  readonly metadata: string | null;
  readonly detail: string;
}

type Detail = Pick<ExchangeRecord, "errorCode" | "cacheStatus" | "streamed" | "timeToFirstByteMs" | "usage"> & {
  readonly savedNanoUsd?: number;
};

/** A log row as far as analytics look at it. */
interface AnalyzedRow extends Series, CountedRecord, Pick<Detail, "streamed" | "timeToFirstByteMs"> {
  readonly createdAtMs: number;
  readonly userKey: string | null;
  readonly userAgent: string | null;
  readonly requestType: string;
  readonly metadata: Metadata | null;
}

/**
 * Answers from the log rows: any dimension, exact quantiles' buckets, but only what is still kept as a log.
 * @throws AnalyticsTooLarge for more than 31 days, or when it takes too long.
 */
export async function readLogRows(
  database: Database,
  limits: RowLimits,
  question: AnalyticsQuestion,
): Promise<AnalyticsAnswer> {
  const { fromMs, toMs } = question;
  if (toMs - fromMs > LONGEST_RANGE_MS) {
    throw new AnalyticsTooLarge("This grouping is answered from log rows, for at most 31 days", "range");
  }
  const table = new GroupTable(question);
  const add = rowAdder(table, question);
  const deadlineMs = limits.monotonicMs() + limits.longestMs;
  const gateways = readGateways(database);
  const skewMs = Math.max(0, ...[...gateways.values()].map((gateway) => gateway.skew_ms));
  let position = sequenceAt(fromMs - skewMs) - 1;
  for (;;) {
    const rows = database.query(sliceQuery).all(position, sequenceAt(toMs + skewMs + 1), fromMs, toMs) as Row[];
    for (const row of rows) add(analyzedRow(row, gateways.get(row.gateway) as GatewayNames));
    if (rows.length < SLICE_ROWS) break;
    position = (rows.at(-1) as Row).sequence;
    if (limits.monotonicMs() > deadlineMs) {
      const message = `Reading the log rows of this range takes longer than ${limits.longestMs} ms`;
      throw new AnalyticsTooLarge(message, "range");
    }
    await othersTurn();
  }
  return { groups: table.finish(), source: "rows", fromMs, toMs };
}

const sliceQuery = `SELECT sequence, gateway, created_at_ms, provider, model, request_type, user_agent, user_key, status_code,
    outcome, success, cost_nano_usd, cost_state, duration_ms, metadata, detail
  FROM logs JOIN log_details USING (sequence)
  WHERE sequence > ? AND sequence <= ? AND created_at_ms >= ? AND created_at_ms < ?
  ORDER BY sequence LIMIT ${SLICE_ROWS}`;

interface GatewayNames {
  readonly account_id: string;
  readonly gateway_id: string;
  readonly skew_ms: number;
}

function readGateways(database: Database): ReadonlyMap<number, GatewayNames> {
  const rows = database.query("SELECT gateway, account_id, gateway_id, skew_ms FROM log_gateways").all();
  return new Map((rows as (GatewayNames & { gateway: number })[]).map((row) => [row.gateway, row]));
}

function analyzedRow(row: Row, names: GatewayNames): AnalyzedRow {
  const detail = JSON.parse(row.detail) as Detail;
  const { savedNanoUsd } = detail;
  return {
    accountId: names.account_id,
    gatewayId: names.gateway_id,
    provider: row.provider,
    model: row.model,
    statusCode: row.status_code,
    errorCode: detail.errorCode,
    cacheStatus: detail.cacheStatus,
    success: row.success === 1,
    outcome: row.outcome,
    cost: {
      state: row.cost_state,
      nanoUsd: row.cost_nano_usd,
      priceVersion: null,
      ...(savedNanoUsd === undefined ? {} : { savedNanoUsd }),
    },
    usage: detail.usage,
    durationMs: row.duration_ms,
    timeToFirstByteMs: detail.timeToFirstByteMs,
    streamed: detail.streamed,
    createdAtMs: row.created_at_ms,
    userKey: row.user_key,
    userAgent: row.user_agent,
    requestType: row.request_type,
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Metadata),
  };
}

function rowAdder(table: GroupTable, question: AnalyticsQuestion): (row: AnalyzedRow) => void {
  const { dimensions, filter, bucketStartsMs } = question;
  const bucketOf = bucketFinder(bucketStartsMs);
  const attributes = dimensions.filter(
    (dimension) => dimension === USER_ATTRIBUTE || dimension.startsWith("metadata."),
  );
  const isFiltered = filteredDimensions(filter).length > 0;
  const { sketches } = neededSources(question);
  return (row) => {
    const read = (dimension: AnalyticsDimension): AnalyticsValue => rowValue(row, dimension);
    if (isFiltered && !holds(filter, read)) return;
    if (attributes.some((attribute) => read(attribute) === null)) return;
    const values = dimensions.map(read);
    const totals = table.totals(bucketOf(row.createdAtMs), table.keyOf(values), values);
    for (const [index, count] of countersOf(row).entries()) {
      totals.counters[index] = (totals.counters[index] as number) + count;
    }
    if (sketches.length === 0) return;
    totals.duration?.add(row.durationMs);
    if (row.timeToFirstByteMs !== null) totals.firstByte?.add(row.timeToFirstByteMs);
    if (row.userKey !== null) totals.users?.add(`${row.accountId}\n${row.userKey}`);
  };
}

function rowValue(row: AnalyzedRow, dimension: AnalyticsDimension): AnalyticsValue {
  if (isSeriesDimension(dimension)) return seriesValue(row, dimension);
  const read = rowReaders[dimension as keyof typeof rowReaders] as ((row: AnalyzedRow) => AnalyticsValue) | undefined;
  if (read !== undefined) return read(row);
  const key = dimension.slice("metadata.".length);
  if (row.metadata === null || !Object.hasOwn(row.metadata, key)) return null;
  return attributeText(row.metadata[key] as string | number | boolean);
}

const rowReaders = {
  user: ({ userKey }: AnalyzedRow) => (userKey === null ? null : attributeText(userKey)),
  request_type: ({ requestType }: AnalyzedRow) => requestType,
  outcome: ({ outcome }: AnalyzedRow) => outcome,
  streamed: ({ streamed }: AnalyzedRow) => streamed,
  user_agent: ({ userAgent }: AnalyzedRow) => userAgent,
  cost_nano_usd: ({ cost }: AnalyzedRow) => cost.nanoUsd,
  duration_ms: ({ durationMs }: AnalyzedRow) => Math.round(durationMs),
  tokens_in: ({ usage }: AnalyzedRow) => usage?.inputTokens ?? null,
  tokens_out: ({ usage }: AnalyzedRow) => usage?.outputTokens ?? null,
  metadata: ({ metadata }: AnalyzedRow) => (metadata === null ? null : JSON.stringify(metadata)),
};
