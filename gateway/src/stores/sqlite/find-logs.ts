import type { Database } from "bun:sqlite";
import type { LogQuery } from "../ports/log-store.ts";
import { logCandidates } from "./log-candidates.ts";
import { findByColumn } from "./find-by-column.ts";
import { type LogCursor, readCursor, writeCursor } from "./log-cursor.ts";
import type { GatewayRow } from "./log-gateways.ts";
import { othersTurn } from "./others-turn.ts";
import { readCandidates } from "./read-candidates.ts";

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

/**
 * The first rows of a query behind its cursor or offset. Others get their turn on this thread between portions: of candidates for the
 * order by `created_at`, of all rows in its range for another one, unless an index has that order.
 */
export function findLogs(database: Database, gateway: GatewayRow, query: LogQuery): Promise<FoundLogs> | FoundLogs {
  const cursor = readCursor(query);
  return query.orderBy === "created_at"
    ? findBySequence(database, gateway, { query, cursor })
    : findByColumn(database, gateway, { query, cursor });
}

/** A query and where it goes on. */
export interface PlacedQuery {
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
