import type { Database } from "bun:sqlite";
import type { GatewayEvent } from "../../core/gateway-event.ts";

/** Most events that are kept; the oldest go. */
const MOST_EVENTS = 100_000;

/**
 * Prepares to keep events, inside the transaction of the batch they stood with. What was told of the same occasion since its period
 * began is left out, as is what has a known id.
 * @returns how many are new.
 */
export function createEventWriter(database: Database): (events: readonly GatewayEvent[]) => number {
  const insert = database.query(
    `INSERT INTO events (id, account_id, type, subject, occasion, at_ms, detail)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
     WHERE NOT EXISTS (SELECT 1 FROM events WHERE occasion = ?5 AND at_ms >= ?8) ON CONFLICT (id) DO NOTHING`,
  );
  const trim = database.query("DELETE FROM events WHERE sequence <= (SELECT max(sequence) FROM events) - ?");
  return (events) => {
    let added = 0;
    for (const event of events) {
      const { id, accountId, type, budgetId, atMs, sinceMs } = event;
      const detail = JSON.stringify(event);
      added += insert.run(id, accountId, type, budgetId, occasionOf(event), atMs, detail, sinceMs).changes;
    }
    if (added > 0) trim.run(MOST_EVENTS);
    return added;
  };
}

/** Another limit makes other thresholds. */
function occasionOf({ accountId, type, budgetId, partition, threshold, limitNanoUsd }: GatewayEvent): string {
  return JSON.stringify([accountId, type, budgetId, partition, threshold, limitNanoUsd]);
}
