import type { GatewayEvent } from "../../core/gateway-event.ts";
import { type EventQuery, type EventStore, EventStoreUnavailable, type StoredEvent } from "../ports/event-store.ts";
import { isUnavailable } from "./is-unavailable.ts";
import type { SqliteDatabase } from "./open-database.ts";

interface EventRow {
  readonly sequence: number;
  readonly detail: string;
}

/** Events in the embedded database, where `openSqliteLogStore` puts them. */
export function openSqliteEventStore({ reader, writer }: Pick<SqliteDatabase, "reader" | "writer">): EventStore {
  return {
    list: (query) =>
      answered(() => {
        const { where, values } = conditions(query);
        return reader
          .query<EventRow, (string | number)[]>(
            `SELECT sequence, detail FROM events WHERE ${where} ORDER BY sequence DESC LIMIT ?`,
          )
          .all(...values, query.limit)
          .map(eventOfRow);
      }),
    pending: (receiver, limit) =>
      answered(() => {
        const known = writer
          .query<{ sequence: number }, [string]>("SELECT sequence FROM event_receivers WHERE name = ?")
          .get(receiver);
        if (known === null) {
          writer
            .query("INSERT INTO event_receivers VALUES (?, (SELECT coalesce(max(sequence), 0) FROM events))")
            .run(receiver);
          return [];
        }
        return reader
          .query<EventRow, [number, number]>(
            "SELECT sequence, detail FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
          )
          .all(known.sequence, limit)
          .map(eventOfRow);
      }),
    delivered: (receiver, sequence) =>
      answered(() => {
        writer.query("UPDATE event_receivers SET sequence = max(sequence, ?) WHERE name = ?").run(sequence, receiver);
      }),
  };
}

function conditions({ accountId, type, budgetId, sinceMs, beforeMs, olderThan }: EventQuery) {
  const parts: readonly (readonly [string, string | number | null])[] = [
    ["account_id = ?", accountId],
    ["type = ?", type],
    ["subject = ?", budgetId],
    ["at_ms >= ?", sinceMs],
    ["at_ms < ?", beforeMs],
    ["sequence < ?", olderThan],
  ];
  const asked = parts.filter((part): part is readonly [string, string | number] => part[1] !== null);
  return { where: asked.map(([sql]) => sql).join(" AND "), values: asked.map(([, value]) => value) };
}

function eventOfRow({ sequence, detail }: EventRow): StoredEvent {
  return { sequence, event: JSON.parse(detail) as GatewayEvent };
}

async function answered<Result>(work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    if (isUnavailable(error)) throw new EventStoreUnavailable(`${error.code}: ${error.message}`, { cause: error });
    throw error;
  }
}
