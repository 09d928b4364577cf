import type { ExchangeRecord } from "../../core/exchange.ts";
import type { ExchangeJournal } from "../ports/exchange-journal.ts";

/** A journal that lives and dies with its process: for tests. */
export interface MemoryJournal extends ExchangeJournal {
  /** What was appended, in order. */
  readonly records: readonly ExchangeRecord[];
}

/** An empty memory journal. Beyond `capacity` records (default 100,000) appends are counted as dropped. */
export function createMemoryJournal(capacity = 100_000): MemoryJournal {
  const records: ExchangeRecord[] = [];
  let droppedRecords = 0;
  let closed = false;
  return {
    append(record) {
      if (closed || records.length >= capacity) droppedRecords += 1;
      else records.push(record);
    },
    get droppedRecords() {
      return droppedRecords;
    },
    close() {
      closed = true;
    },
    records,
  };
}
