import type { Database } from "bun:sqlite";
import type { LogQuery } from "../ports/log-store.ts";
import { type LogCandidates, logCandidates } from "./log-candidates.ts";
import { type LogCursor, readCursor, writeCursor } from "./log-cursor.ts";
import { filterCondition } from "./log-filter.ts";
import type { GatewayRow } from "./log-gateways.ts";
import { allOf, type SqlFragment, type SqlValue } from "./sql-fragment.ts";
import { matchExpression } from "./search-words.ts";

/** Rows that were found, in order. */
export interface FoundLogs {
  readonly sequences: readonly number[];
  /** Goes on behind the last one; null when there is nothing more. */
  readonly nextCursor: string | null;
}

/** Candidates looked at before others get their turn on this thread. */
const chunkRows = 2000;

/** A search that takes longer, unless told otherwise, ends early with a cursor to go on from. */
const searchBudgetMs = 15_000;

/** Statements that read the candidates of one query. */
export interface CandidateReader {
  /** Up to `count` candidates beyond a sequence (null: from the beginning), in order. */
  next(beyond: number | null, count: number): number[];
  /** Those of the candidates that fulfil every filter, in order. */
  matching(candidates: readonly number[]): readonly number[];
}

export function readCandidates(
  database: Database,
  { candidates, gateway, direction }: { candidates: LogCandidates; gateway: number; direction: "asc" | "desc" },
): CandidateReader {
  const { sources, remaining, from, before } = candidates;
  const order = direction === "asc" ? "ASC" : "DESC";
  const bounded = sources.map(({ sql, bounded: column }) => `${sql} AND ${column} >= ? AND ${column} < ?`);
  const find = database.prepare<{ sequence: number }, SqlValue[]>(
    `${bounded.join(" UNION ALL ")} ORDER BY sequence ${order} LIMIT ?`,
  );
  const check = allOf([{ sql: "gateway = ?", values: [gateway] }, filterCondition(remaining)]);
  const select = database.prepare<{ sequence: number }, SqlValue[]>(
    `SELECT sequence FROM logs WHERE sequence IN (SELECT value FROM json_each(?)) AND ${check.sql} ORDER BY sequence ${order}`,
  );
  return {
    next(beyond, count) {
      const low = beyond !== null && direction === "asc" ? Math.max(from, beyond + 1) : from;
      const high = beyond !== null && direction === "desc" ? Math.min(before, beyond) : before;
      const values = sources.flatMap((source) => [...source.values, low, high]);
      return find.all(...values, count).map(({ sequence }) => sequence);
    },
    matching(sequences) {
      if (remaining.length === 0) return sequences;
      const values = [JSON.stringify(sequences), ...check.values];
      return select.all(...values).map(({ sequence }) => sequence);
    },
  };
}

/**
 * The first rows of a query behind its cursor or offset. Ordered by `created_at` it looks at candidates in small portions and lets
 * others work between them; another order is one statement, which has to see every match unless an index has that order.
 */
export function findLogs(database: Database, gateway: GatewayRow, query: LogQuery): Promise<FoundLogs> | FoundLogs {
  const cursor = readCursor(query);
  return query.orderBy === "created_at"
    ? findBySequence(database, gateway, { query, cursor })
    : findByColumn(database, gateway, { query, cursor });
}

interface PlacedQuery {
  readonly query: LogQuery;
  readonly cursor: LogCursor | null;
}

async function findBySequence(
  database: Database,
  gateway: GatewayRow,
  { query, cursor }: PlacedQuery,
): Promise<FoundLogs> {
  const reader = readCandidates(database, {
    candidates: logCandidates(gateway, query),
    gateway: gateway.gateway,
    direction: query.direction,
  });
  const endAtMs = performance.now() + (query.budgetMs ?? searchBudgetMs);
  const found: number[] = [];
  let skip = cursor === null ? query.offset : 0;
  let beyond = cursor?.sequence ?? null;
  const cursorAt = (sequence: number): string => writeCursor(query, { value: null, sequence });
  for (let size = Math.min(chunkRows, query.limit + skip + 1); ; size = chunkRows) {
    const candidates = reader.next(beyond, size);
    const matches = reader.matching(candidates);
    found.push(...matches.slice(skip));
    skip = Math.max(0, skip - matches.length);
    if (found.length > query.limit) {
      const sequences = found.slice(0, query.limit);
      return { sequences, nextCursor: cursorAt(sequences.at(-1) as number) };
    }
    beyond = candidates.at(-1) ?? null;
    if (beyond === null || candidates.length < size) return { sequences: found, nextCursor: null };
    if (skip === 0 && performance.now() > endAtMs) return { sequences: found, nextCursor: cursorAt(beyond) };
    await othersTurn();
  }
}

/** Lets what waits on this thread run. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const orderColumns: Readonly<Record<Exclude<LogQuery["orderBy"], "created_at">, string>> = {
  provider: "provider",
  model: "model",
  model_type: "model_type",
  success: "success",
  cached: "cached",
  cost: "cost_nano_usd",
  tokens_in: "tokens_in",
  tokens_out: "tokens_out",
  duration: "duration_ms",
  feedback: "feedback",
};

function findByColumn(database: Database, gateway: GatewayRow, { query, cursor }: PlacedQuery): FoundLogs {
  const column = orderColumns[query.orderBy as keyof typeof orderColumns];
  const order = query.direction === "asc" ? "ASC" : "DESC";
  const { from, before } = logCandidates(gateway, query);
  const condition = allOf([
    { sql: "gateway = ?", values: [gateway.gateway] },
    // Without it the whole gateway would be read for the slowest request of an hour.
    { sql: "sequence >= ? AND sequence < ?", values: [from, before] },
    filterCondition(query.filters),
    ...searchCondition(gateway, query.search),
    ...(cursor === null ? [] : [behindCursor(column, query.direction, cursor)]),
  ]);
  const rows = database
    .prepare<{ sequence: number; value: string | number | null }, SqlValue[]>(
      `SELECT sequence, ${column} AS value FROM logs WHERE ${condition.sql}
       ORDER BY ${column} ${order}, sequence ${order} LIMIT ? OFFSET ?`,
    )
    .all(...condition.values, query.limit + 1, cursor === null ? query.offset : 0);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { sequences: page.map(({ sequence }) => sequence), nextCursor: hasMore ? writeCursor(query, last) : null };
}

function searchCondition(gateway: GatewayRow, search: string | null): SqlFragment[] {
  const match = search === null ? null : matchExpression(gateway.gateway, search);
  if (match === null) return [];
  return [{ sql: "sequence IN (SELECT rowid FROM log_search WHERE log_search MATCH ?)", values: [match] }];
}

/** Null comes first going up, as SQLite has it. */
function behindCursor(column: string, direction: "asc" | "desc", { value, sequence }: LogCursor): SqlFragment {
  const sign = direction === "asc" ? ">" : "<";
  const inTie = { sql: `${column} IS ? AND sequence ${sign} ?`, values: [value, sequence] };
  if (value === null) {
    const others = direction === "asc" ? ` OR ${column} IS NOT NULL` : "";
    return { sql: `(${inTie.sql})${others}`, values: inTie.values };
  }
  const nulls = direction === "desc" ? ` OR ${column} IS NULL` : "";
  return { sql: `${column} ${sign} ? OR (${inTie.sql})${nulls}`, values: [value, ...inTie.values] };
}
