import type { Database } from "bun:sqlite";
import type { LogQuery } from "../ports/log-store.ts";
import type { FoundLogs, PlacedQuery } from "./find-logs.ts";
import { type LogCandidates, logCandidates } from "./log-candidates.ts";
import { type LogCursor, writeCursor } from "./log-cursor.ts";
import { filterCondition } from "./log-filter.ts";
import type { GatewayRow } from "./log-gateways.ts";
import { othersTurn } from "./others-turn.ts";
import { matchExpression } from "./search-words.ts";
import { readCandidates } from "./read-candidates.ts";
import { allOf, type SqlFragment, type SqlValue } from "./sql-fragment.ts";

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

/** Orders that an index has, so that no more is read than is answered. */
const indexedOrders: ReadonlySet<LogQuery["orderBy"]> = new Set(["provider", "model", "success", "cached"]);

/** Rows that are read at once; some tens of milliseconds. */
const portionRows = 20_000;

/** Candidates that are looked up at once: their numbers are handed over. */
const portionCandidates = 5000;

/** Beyond so many rows to be left out, keeping the best of each portion is no better than one statement. */
const mostKept = 10_000;

interface OrderedRow {
  readonly sequence: number;
  readonly value: string | number | null;
}

/**
 * The first rows of a query that is ordered by a column. Where no index has that order all rows in question are read, a portion at a
 * time, with others' turns between.
 */
export async function findByColumn(database: Database, gateway: GatewayRow, placed: PlacedQuery): Promise<FoundLogs> {
  const { query, cursor } = placed;
  const offset = cursor === null ? query.offset : 0;
  const wanted = offset + query.limit + 1;
  const isAtOnce = indexedOrders.has(query.orderBy) || wanted > mostKept;
  const rows = isAtOnce
    ? readAtOnce(database, gateway, placed)
    : (await best(portionsOf(database, gateway, placed), wanted, query)).slice(offset);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { sequences: page.map(({ sequence }) => sequence), nextCursor: hasMore ? writeCursor(query, last) : null };
}

function readAtOnce(database: Database, gateway: GatewayRow, { query, cursor }: PlacedQuery): OrderedRow[] {
  const condition = allOf([
    { sql: "gateway = ?", values: [gateway.gateway] },
    filterCondition(query.filters),
    ...searchCondition(gateway, query.search),
    ...cursorCondition({ query, cursor }),
  ]);
  return database
    .prepare<OrderedRow, SqlValue[]>(orderedRows(condition.sql, query))
    .all(...condition.values, query.limit + 1, cursor === null ? query.offset : 0);
}

/** Every row that matches, a portion at a time, of each portion the first ones in order that are asked for. */
type Portions = Iterable<(wanted: number) => OrderedRow[]>;

function portionsOf(database: Database, gateway: GatewayRow, placed: PlacedQuery): Portions {
  const candidates = logCandidates(gateway, placed.query);
  const parts = { candidates, gateway: gateway.gateway };
  return candidates.isWhole ? rangePortions(database, parts, placed) : candidatePortions(database, parts, placed);
}

interface PortionParts {
  readonly candidates: LogCandidates;
  readonly gateway: number;
}

/** Portions of the whole gateway within the range of the query. */
function* rangePortions(
  database: Database,
  { candidates: { from, before, remaining }, gateway }: PortionParts,
  placed: PlacedQuery,
): Portions {
  const check = allOf([
    { sql: "gateway = ?", values: [gateway] },
    filterCondition(remaining),
    ...cursorCondition(placed),
  ]);
  const read = database.prepare<OrderedRow, SqlValue[]>(
    orderedRows(`sequence >= ? AND sequence < ? AND ${check.sql}`, placed.query),
  );
  const findBegin = database.prepare<{ sequence: number }, number[]>(
    `SELECT sequence FROM logs INDEXED BY logs_by_gateway WHERE gateway = ? AND sequence >= ? AND sequence < ?
     ORDER BY sequence DESC LIMIT 1 OFFSET ?`,
  );
  for (let end = before; ;) {
    const begin = findBegin.get(gateway, from, end, portionRows - 1)?.sequence ?? null;
    const bounds = [begin ?? from, end];
    yield (wanted) => read.all(...bounds, ...check.values, wanted, 0);
    if (begin === null) return;
    end = begin;
  }
}

/** Portions of what an index, a search or ids leave of it. */
function* candidatePortions(database: Database, { candidates, gateway }: PortionParts, placed: PlacedQuery): Portions {
  const check = allOf([
    { sql: "gateway = ?", values: [gateway] },
    filterCondition(candidates.remaining),
    ...cursorCondition(placed),
  ]);
  const read = database.prepare<OrderedRow, SqlValue[]>(
    orderedRows(`sequence IN (SELECT value FROM json_each(?)) AND ${check.sql}`, placed.query),
  );
  const reader = readCandidates(database, { candidates, gateway, direction: "desc" });
  for (let beyond: number | null = null; ;) {
    const sequences = reader.next(beyond, portionCandidates);
    yield (wanted) => read.all(JSON.stringify(sequences), ...check.values, wanted, 0);
    if (sequences.length < portionCandidates) return;
    beyond = sequences.at(-1) as number;
  }
}

function orderedRows(condition: string, { orderBy, direction }: LogQuery): string {
  const column = orderColumns[orderBy as keyof typeof orderColumns];
  const order = direction === "asc" ? "ASC" : "DESC";
  return `SELECT sequence, ${column} AS value FROM logs WHERE ${condition}
          ORDER BY ${column} ${order}, sequence ${order} LIMIT ? OFFSET ?`;
}

/** The first `wanted` rows of all portions, in order. */
async function best(portions: Portions, wanted: number, { direction }: LogQuery): Promise<OrderedRow[]> {
  const sign = direction === "asc" ? 1 : -1;
  let rows: OrderedRow[] | null = null;
  for (const read of portions) {
    if (rows !== null) await othersTurn();
    const found = read(wanted);
    rows = rows === null ? found : [...rows, ...found].toSorted((a, b) => sign * compare(a, b)).slice(0, wanted);
  }
  return rows ?? [];
}

/** Going up, as SQLite has it: null first, then by value, then by sequence. */
function compare(left: OrderedRow, right: OrderedRow): number {
  if (left.value === right.value) return left.sequence - right.sequence;
  if (left.value === null || right.value === null) return left.value === null ? -1 : 1;
  return left.value < right.value ? -1 : 1;
}

function searchCondition(gateway: GatewayRow, search: string | null): SqlFragment[] {
  const match = search === null ? null : matchExpression(gateway.gateway, search);
  if (match === null) return [];
  return [{ sql: "sequence IN (SELECT rowid FROM log_search WHERE log_search MATCH ?)", values: [match] }];
}

function cursorCondition({ query, cursor }: PlacedQuery): SqlFragment[] {
  const column = orderColumns[query.orderBy as keyof typeof orderColumns];
  return cursor === null ? [] : [behindCursor(column, query.direction, cursor)];
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
