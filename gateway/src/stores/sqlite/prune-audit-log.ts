import type { Database } from "bun:sqlite";

const DAY_MS = 86_400_000;
/** Lines removed in one transaction: some milliseconds. */
const STEP_LINES = 1000;

/**
 * One short step of removing lines of the audit log that are older than `days`; tells how many went, 0 when there is nothing left
 * to do. The table itself refuses to lose lines of the last thirty days.
 */
export function pruneAuditLog(database: Database, days: number, nowMs: number): number {
  const beforeMs = Math.max(0, nowMs - days * DAY_MS);
  return database
    .query(
      "DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE id < ?1 AND at_ms < ?2 ORDER BY id LIMIT ?3)",
    )
    .run(firstIdAt(beforeMs), beforeMs, STEP_LINES).changes;
}

/** Ids begin with their time (UUIDv7), so that the oldest are found without a look at the others. */
function firstIdAt(atMs: number): string {
  const time = atMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}
