import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NewLog } from "../../src/stores/ports/log-store.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { applyRollUps } from "../../src/stores/sqlite/roll-ups.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { sampleRecord } from "../support/sample-record.ts";

/** Changes of one log among the generated ones. */
export type LogChanges = (
  index: number,
) => Partial<Omit<NewLog, "record">> & { readonly record?: Partial<NewLog["record"]> };

/** How many logs, and over how long a time that ends a minute ago. */
export interface SeedShape {
  readonly count: number;
  readonly spanMs: number;
  /** Where in that time the log is whose place in the order is given, both from 0 to 1 and growing; evenly when absent. */
  readonly placeOf?: (share: number) => number;
}

/** Writes logs, and what is counted of them, into the data of a Headgate that does not run yet. @returns the id of each by its index, the oldest first. */
export async function seedLogs(
  directory: string,
  { count, spanMs, placeOf = (share) => share }: SeedShape,
  changesOf: LogChanges,
): Promise<(index: number) => string> {
  const data = join(directory, "data");
  mkdirSync(data, { recursive: true });
  const database = openDatabase(join(data, "headgate.db"));
  const store = openSqliteLogStore(database, applyRollUps);
  const startMs = Date.now() - 60_000 - spanMs;
  const timeAt = (index: number): number => Math.floor(startMs + placeOf(index / count) * spanMs);
  for (let from = 0; from < count; from += 2000) {
    const batch = Array.from({ length: Math.min(2000, count - from) }, (_, place): NewLog => {
      const index = from + place;
      const createdAtMs = timeAt(index);
      const id = idAt(createdAtMs, index);
      const { record, ...changes } = changesOf(index);
      return {
        record: sampleRecord({
          id,
          eventId: id,
          requestId: id,
          createdAtMs,
          durationMs: 100 + (index % 900),
          ...record,
        }),
        request: null,
        isRequestComplete: true,
        response: null,
        isResponseComplete: true,
        searchText: "",
        rowLimit: null,
        ...changes,
      };
    });
    await store.ingest(batch, []);
  }
  await store.close();
  database.close();
  return (index) => idAt(timeAt(index), index);
}

/** A UUIDv7 of that time. */
function idAt(timeMs: number, index: number): string {
  const time = timeMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${(index & 0xfff).toString(16).padStart(3, "0")}-8000-${index.toString(16).padStart(12, "0")}`;
}
