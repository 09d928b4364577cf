import type { Database } from "bun:sqlite";
import type { LogPage, LogQuery, LogRange, LogRanges } from "../ports/log-store.ts";
import { othersTurn } from "./others-turn.ts";
import { readCandidates } from "./read-candidates.ts";
import { logCandidates } from "./log-candidates.ts";
import type { GatewayRow } from "./log-gateways.ts";

type Summary = Pick<LogPage, "total" | "isTotalExact" | "ranges">;

/** More matches than this are not counted. */
const maxCounted = 100_000;

/** Candidates looked at in one go. */
const chunkRows = 5000;

/** A count that takes longer ends early and says so: the page must not wait for it. */
const budgetMs = 100;

const rangeColumns = {
  costNanoUsd: "cost_nano_usd",
  durationMs: "duration_ms",
  tokensIn: "tokens_in",
  tokensOut: "tokens_out",
  totalTokens: "coalesce(tokens_in + coalesce(tokens_out, 0), tokens_out)",
} as const satisfies Record<keyof LogRanges, string>;

const rangeNames = Object.keys(rangeColumns) as (keyof LogRanges)[];

/** Counts all matches of a query, and tells their ranges, newest first and within the bounds that `LogPage` names. */
export async function summarizeLogs(database: Database, gateway: GatewayRow, query: LogQuery): Promise<Summary> {
  const isUnfiltered = query.filters.length === 0 && (query.search ?? "").trim() === "";
  if (!query.withRanges) {
    if (!query.withTotal) return { total: null, isTotalExact: true, ranges: null };
    if (isUnfiltered) return { total: gateway.row_count, isTotalExact: true, ranges: null };
  }
  const { counted, isExact, ranges } = await walk(database, gateway, query);
  return {
    total: !query.withTotal ? null : isUnfiltered ? gateway.row_count : counted,
    isTotalExact: isUnfiltered || isExact,
    ranges: query.withRanges ? ranges : null,
  };
}

async function walk(
  database: Database,
  gateway: GatewayRow,
  query: LogQuery,
): Promise<{ counted: number; isExact: boolean; ranges: LogRanges }> {
  const candidates = logCandidates(gateway, query);
  const reader = readCandidates(database, { candidates, gateway: gateway.gateway, direction: "desc" });
  const endAtMs = performance.now() + budgetMs;
  let ranges = noRanges;
  let counted = 0;
  for (let beyond: number | null = null; ;) {
    const chunk = reader.next(beyond, chunkRows);
    const matches = reader.matching(chunk);
    counted += matches.length;
    if (query.withRanges && matches.length > 0) ranges = widened(ranges, rangesOf(database, matches));
    if (chunk.length < chunkRows) return { counted, isExact: true, ranges };
    beyond = chunk.at(-1) as number;
    if (counted >= maxCounted || performance.now() > endAtMs) return { counted, isExact: false, ranges };
    await othersTurn();
  }
}

const noRange: LogRange = { min: null, max: null };

const noRanges: LogRanges = {
  costNanoUsd: noRange,
  durationMs: noRange,
  tokensIn: noRange,
  tokensOut: noRange,
  totalTokens: noRange,
};

function rangesOf(database: Database, sequences: readonly number[]): LogRanges {
  const columns = rangeNames.map(
    (name) => `min(${rangeColumns[name]}) AS ${name}Min, max(${rangeColumns[name]}) AS ${name}Max`,
  );
  const row = database
    .query<Record<string, number | null>, [string]>(
      `SELECT ${columns.join(", ")} FROM logs WHERE sequence IN (SELECT value FROM json_each(?))`,
    )
    .get(JSON.stringify(sequences));
  return mapRanges((name) => ({ min: row?.[`${name}Min`] ?? null, max: row?.[`${name}Max`] ?? null }));
}

function widened(left: LogRanges, right: LogRanges): LogRanges {
  return mapRanges((name) => ({
    min: chosen(Math.min, left[name].min, right[name].min),
    max: chosen(Math.max, left[name].max, right[name].max),
  }));
}

function chosen(choose: (left: number, right: number) => number, left: number | null, right: number | null) {
  if (left === null || right === null) return left ?? right;
  return choose(left, right);
}

function mapRanges(rangeOf: (name: keyof LogRanges) => LogRange): LogRanges {
  return Object.fromEntries(rangeNames.map((name) => [name, rangeOf(name)])) as unknown as LogRanges;
}
