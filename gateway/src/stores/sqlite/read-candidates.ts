import type { Database } from "bun:sqlite";
import type { LogCandidates } from "./log-candidates.ts";
import { filterCondition } from "./log-filter.ts";
import { allOf, type SqlValue } from "./sql-fragment.ts";

/** Statements that read the candidates of one query. */
export interface CandidateReader {
  /** Up to `count` candidates beyond a sequence (null: from the beginning), in order. */
  next(beyond: number | null, count: number): number[];
  /** Those of the candidates that fulfil every filter, in order. */
  matching(candidates: readonly number[]): readonly number[];
}

/** Reads the candidates of one query in order. */
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
