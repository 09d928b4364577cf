import type { ExchangeBodies, ExchangeRecord } from "../../core/exchange.ts";
import type { GatewayEvent } from "../../core/gateway-event.ts";
import type { ExchangeJournal } from "../ports/exchange-journal.ts";

/** A journal that lives and dies with its process: for tests. */
export interface MemoryJournal extends ExchangeJournal {
  /** What was appended, in order. */
  readonly records: readonly ExchangeRecord[];
  /** What was appended with the record of the same index. */
  readonly bodies: readonly (ExchangeBodies | null)[];
  /** What was told besides, in order. */
  readonly events: readonly GatewayEvent[];
}

/** An empty memory journal. Beyond `capacity` records (default 100,000) appends are counted as dropped. */
export function createMemoryJournal(capacity = 100_000): MemoryJournal {
  const records: ExchangeRecord[] = [];
  const events: GatewayEvent[] = [];
  const keptBodies: (ExchangeBodies | null)[] = [];
  let droppedRecords = 0;
  let closed = false;
  return {
    append(record, bodies) {
      if (closed || records.length >= capacity) {
        droppedRecords += 1;
        return;
      }
      records.push(record);
      keptBodies.push(bodies);
    },
    tell(event) {
      if (closed || events.length >= capacity) droppedRecords += 1;
      else events.push(event);
    },
    get droppedRecords() {
      return droppedRecords;
    },
    // Rows and bodies share one capacity, so bodies never go alone.
    droppedBodies: 0,
    close() {
      closed = true;
    },
    records,
    bodies: keptBodies,
    events,
  };
}
