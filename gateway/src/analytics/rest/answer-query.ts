import type { Clock } from "../../core/clock.ts";
import { bucketStartsMs } from "../time-buckets.ts";
import {
  type AnalyticsGroup,
  type AnalyticsQuestion,
  type AnalyticsStore,
  AnalyticsTooLarge,
} from "../../stores/ports/analytics-store.ts";
import { type FaultPath, invalid } from "../../management/management-error.ts";
import { quoted } from "../../management/parse-query.ts";
import { type AnalyticsQuery, wireName } from "./query-schema.ts";

/** Most buckets of a time axis. */
const MOST_BUCKETS = 10_000;
const DAY_MS = 86_400_000;

type Cell = string | number | boolean | null;

/** The `result` of an analytics query. */
export interface QueryResult {
  /** `time` when there is an interval, then dimensions, then measures. */
  readonly columns: readonly string[];
  /** In the order of `columns`. */
  readonly rows: readonly (readonly Cell[])[];
  /** Whether there are more rows than `limit`. */
  readonly truncated: boolean;
  readonly source: "roll-ups" | "rows";
  /** The range that was counted. */
  readonly from: string;
  readonly to: string;
  readonly took_ms: number;
}

/** What answering needs beside the query. */
export interface QueryContext {
  readonly store: AnalyticsStore;
  readonly clock: Clock;
  /** Where the query stands, for error paths: `["body"]` or `["query"]`. */
  readonly place: FaultPath;
  /** Accounts whose requests count; null for all. */
  readonly accountIds: readonly string[] | null;
}

/**
 * Asks the store and puts the answer in order.
 * @throws ManagementError 400 code 7001 for an empty range, too many buckets, an unknown column to order by, and for questions
 * whose answer would be too large.
 */
export async function answerQuery(
  query: AnalyticsQuery,
  { store, clock, place, accountIds }: QueryContext,
): Promise<QueryResult> {
  const startedMs = clock.monotonicMs();
  const question = questionOf(query, { nowMs: clock.nowMs(), place, accountIds });
  const columns = [
    ...(query.interval === null ? [] : ["time"]),
    ...query.dimensions.map(wireName),
    ...query.measures.map(wireName),
  ];
  const compare = ordering(query, { columns, place });
  const answer = await ask(store, question, place);
  const rows = answer.groups.map((group) => rowOf(group, question)).toSorted(compare);
  return {
    columns,
    rows: rows.slice(0, query.limit),
    truncated: rows.length > query.limit,
    source: answer.source,
    from: new Date(answer.fromMs).toISOString(),
    to: new Date(answer.toMs).toISOString(),
    took_ms: Math.round((clock.monotonicMs() - startedMs) * 10) / 10,
  };
}

function questionOf(
  { from, to, interval, time_zone: timeZone, measures, dimensions, filters, fill }: AnalyticsQuery,
  { nowMs, place, accountIds }: Pick<QueryContext, "place" | "accountIds"> & { readonly nowMs: number },
): AnalyticsQuestion {
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - DAY_MS;
  if (fromMs >= toMs) throw invalid("Expected a time before to", [...place, "from"]);
  const buckets = interval === null ? null : bucketStartsMs(interval, { fromMs, toMs, timeZone }, MOST_BUCKETS);
  if (interval !== null && buckets === null) {
    throw invalid(`Expected at most ${MOST_BUCKETS} steps of time, this range has more`, [...place, "interval"]);
  }
  const within = accountIds === null ? [] : [{ dimension: "account", operator: "eq", values: accountIds } as const];
  const filter = { all: [...within, ...filters] };
  return { fromMs, toMs, bucketStartsMs: buckets, measures, dimensions, filter, withEmptyBuckets: fill };
}

async function ask(store: AnalyticsStore, question: AnalyticsQuestion, place: FaultPath) {
  try {
    return await store.totals(question);
  } catch (error) {
    if (!(error instanceof AnalyticsTooLarge)) throw error;
    throw invalid(error.message, [...place, error.part === "range" ? "from" : "dimensions"]);
  }
}

function rowOf({ bucketStartMs, dimensions, measures }: AnalyticsGroup, question: AnalyticsQuestion): Cell[] {
  return [
    ...(bucketStartMs === null ? [] : [new Date(bucketStartMs).toISOString()]),
    ...dimensions.map((value, index) => inDollars(question.dimensions[index] as string, value)),
    ...measures.map((value, index) => inDollars(question.measures[index] as string, value)),
  ];
}

function inDollars(name: string, value: Cell): Cell {
  return name.endsWith("_nano_usd") && typeof value === "number" ? value / 1e9 : value;
}

/** By the columns asked for, then by time, then by the first measure from the largest on, then by all columns. */
function ordering(
  query: AnalyticsQuery,
  { columns, place }: { readonly columns: readonly string[]; readonly place: FaultPath },
): (left: readonly Cell[], right: readonly Cell[]) => number {
  const wanted = query.order.map((text, index) => {
    const [column = "", direction] = text.split(":");
    const at = columns.indexOf(column);
    if (at === -1)
      throw invalid(`Expected one of ${columns.join(", ")}, got ${quoted(column)}`, [...place, "order", index]);
    return { at, sign: direction === "desc" ? -1 : 1 };
  });
  const firstMeasure = columns.length - query.measures.length;
  const defaults = [
    ...(query.interval === null ? [] : [{ at: 0, sign: 1 }]),
    { at: firstMeasure, sign: -1 },
    ...columns.map((_, at) => ({ at, sign: 1 })),
  ];
  const all = [...wanted, ...defaults];
  return (left, right) => {
    for (const { at, sign } of all) {
      const difference = compareCells(left[at] as Cell, right[at] as Cell, sign);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

/** Null comes last in either direction. */
function compareCells(left: Cell, right: Cell, sign: number): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return (left < right ? -1 : 1) * sign;
}
