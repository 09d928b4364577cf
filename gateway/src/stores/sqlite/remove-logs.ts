import type { Database } from "bun:sqlite";
import type { RetentionRule } from "../ports/log-store.ts";
import type { GatewayRow } from "./log-gateways.ts";
import { logParts } from "./log-row.ts";
import { sequenceAt } from "./log-sequence.ts";

interface RemovableRow {
  readonly sequence: number;
  readonly row_bytes: number;
  readonly body_bytes: number;
  readonly parts: number;
}

/** The rows named by a JSON array of sequences. */
const named = "sequence IN (SELECT value FROM json_each(?))";

/** Deletes rows of one gateway with all that belongs to them; only inside a transaction. Tells how many were still there. */
export function removeRows(database: Database, gateway: number, sequences: readonly number[]): number {
  const list = JSON.stringify(sequences);
  const rows = database
    .query<RemovableRow & { metadata: string | null }, [string, number]>(
      `SELECT sequence, row_bytes, body_bytes, parts, metadata FROM logs JOIN log_details USING (sequence)
       WHERE ${named} AND gateway = ?`,
    )
    .all(list, gateway);
  const present = JSON.stringify(rows.map(({ sequence }) => sequence));
  const forgetEntries = database.query("DELETE FROM log_entries WHERE rowid = ?");
  for (const { sequence, metadata } of rows) if (metadata !== null) forgetEntries.run(sequence);
  removeWords(database, rows);
  for (const table of ["logs", "log_details", "log_bodies"]) {
    database.query(`DELETE FROM ${table} WHERE ${named}`).run(present);
  }
  const bodies = rows.filter(({ body_bytes: bytes }) => bytes > 0);
  database
    .query(
      `UPDATE log_gateways SET row_count = row_count - ?, row_bytes = row_bytes - ?, body_count = body_count - ?,
         body_bytes = body_bytes - ? WHERE gateway = ?`,
    )
    .run(rows.length, sum(rows, "row_bytes"), bodies.length, sum(rows, "body_bytes"), gateway);
  return rows.length;
}

/** One step of retention; only inside a transaction. Tells how many rows or bodies went. */
export function pruneGateway(
  database: Database,
  gateway: GatewayRow,
  { rule, limit }: { rule: RetentionRule; limit: number },
): number {
  if (rule.of === "bodies") return removeBodies(database, gateway, oldestBodies(database, gateway, { rule, limit }));
  const rows = oldestRows(database, gateway, { rule, limit });
  if (rows.length === 0) return 0;
  return removeRows(
    database,
    gateway.gateway,
    rows.map(({ sequence }) => sequence),
  );
}

interface PruneStep<Rule> {
  readonly rule: Rule;
  readonly limit: number;
}

function oldestRows(
  database: Database,
  gateway: GatewayRow,
  { rule, limit }: PruneStep<RetentionRule>,
): RemovableRow[] {
  const excessRows = "beyondRows" in rule ? gateway.row_count - rule.beyondRows : limit;
  const before = "olderThanMs" in rule ? sequenceAt(rule.olderThanMs) : Number.MAX_SAFE_INTEGER;
  if (excessRows <= 0) return [];
  const rows = database
    .query<RemovableRow, [number, number, number]>(
      `SELECT sequence, row_bytes, body_bytes, parts FROM logs INDEXED BY logs_by_gateway
       WHERE gateway = ? AND sequence < ? ORDER BY sequence LIMIT ?`,
    )
    .all(gateway.gateway, before, Math.min(limit, excessRows));
  return "beyondBytes" in rule ? upTo(rows, "row_bytes", gateway.row_bytes - rule.beyondBytes) : rows;
}

function oldestBodies(
  database: Database,
  gateway: GatewayRow,
  { rule, limit }: PruneStep<RetentionRule>,
): RemovableRow[] {
  if ("beyondBytes" in rule && gateway.body_bytes <= rule.beyondBytes) return [];
  const before = "olderThanMs" in rule ? sequenceAt(rule.olderThanMs) : Number.MAX_SAFE_INTEGER;
  const rows = database
    .query<RemovableRow, [number, number, number, number]>(
      `SELECT sequence, row_bytes, body_bytes, parts FROM logs INDEXED BY logs_by_gateway
       WHERE gateway = ? AND sequence >= ? AND sequence < ? AND body_bytes > 0 ORDER BY sequence LIMIT ?`,
    )
    .all(gateway.gateway, gateway.first_body, before, limit);
  return "beyondBytes" in rule ? upTo(rows, "body_bytes", gateway.body_bytes - rule.beyondBytes) : rows;
}

/** As many of the rows as it takes to get rid of `excessBytes`. */
function upTo(rows: readonly RemovableRow[], size: "row_bytes" | "body_bytes", excessBytes: number): RemovableRow[] {
  let remainingBytes = excessBytes;
  const taken: RemovableRow[] = [];
  for (const row of rows) {
    if (remainingBytes <= 0) break;
    taken.push(row);
    remainingBytes -= row[size];
  }
  return taken;
}

/** The words go with the bodies they came from. */
function removeBodies(database: Database, gateway: GatewayRow, rows: readonly RemovableRow[]): number {
  const last = rows.at(-1);
  if (last === undefined) return 0;
  const list = JSON.stringify(rows.map(({ sequence }) => sequence));
  removeWords(database, rows);
  database.query(`DELETE FROM log_bodies WHERE ${named}`).run(list);
  database.query(`UPDATE logs SET parts = 0, body_bytes = 0 WHERE ${named}`).run(list);
  database
    .query(
      `UPDATE log_gateways SET body_count = body_count - ?, body_bytes = body_bytes - ?, first_body = ? WHERE gateway = ?`,
    )
    .run(rows.length, sum(rows, "body_bytes"), last.sequence + 1, gateway.gateway);
  return rows.length;
}

function removeWords(database: Database, rows: readonly RemovableRow[]): void {
  const forget = database.query("DELETE FROM log_search WHERE rowid = ?");
  for (const { sequence, parts } of rows) if ((parts & logParts.words) !== 0) forget.run(sequence);
}

function sum(rows: readonly RemovableRow[], member: "row_bytes" | "body_bytes"): number {
  return rows.reduce((total, row) => total + row[member], 0);
}
