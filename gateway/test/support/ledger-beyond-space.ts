import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { newId } from "../../src/core/ids.ts";
import { openJournalWriter } from "../../src/journal/journal-writer.ts";
import { noRetention } from "../../src/ledger/retention.ts";
import { startLedger } from "../../src/ledger/start-ledger.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { sampleRecord } from "./sample-record.ts";
import { until } from "./until.ts";

// Writes a journal and moves it into a database on the small disk given as argument until the disk is full, makes room, and waits for
// the rest. Prints as JSON what was acknowledged and what the log holds.
const directory = process.argv[2] as string;
const filler = join(directory, "filler");
const database = openDatabase(join(directory, "headgate.db"));
database.writer.run("PRAGMA journal_size_limit = 0");
const store = openSqliteLogStore(database);
const ledger = startLedger({
  directory: join(directory, "journal"),
  store,
  consumers: [],
  rules: { maxBodyBytes: 1_048_576, maxSearchCharacters: 0, retentionOf: () => noRetention },
  clock: systemClock,
  log: () => {},
  lingerMs: 5,
});
const journal = openJournalWriter({
  directory: join(directory, "journal"),
  worker: "w0",
  segmentBytes: 65_536,
  maxBytes: 1_000_000_000,
  clock: systemClock,
});
writeFileSync(filler, Buffer.alloc(2_500_000));
const acknowledged: string[] = [];
const appendSome = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const id = newId();
    const pieces = [Buffer.from(crypto.getRandomValues(new Uint8Array(4000)))];
    const body = { pieces, isComplete: true, contentEncoding: null };
    const dropped = journal.droppedRecords;
    journal.append(sampleRecord({ id, eventId: id }), { request: body, response: null });
    if (journal.droppedRecords === dropped) acknowledged.push(id);
    if (index % 25 === 24) await Bun.sleep(2);
  }
};
await appendSome(600);
await until("the store is away", () => !ledger.state().isStoreAvailable, 10_000);
const wasAway = !ledger.state().isStoreAvailable;
const storedWhenFull = ledger.state().stored;
rmSync(filler);
const isDone = (): boolean => ledger.state().isStoreAvailable && ledger.state().queuedBytes === 0;
await until("all is stored", isDone, 15_000);
await appendSome(10);
await ledger.stop();
const rows = database.reader.query<{ id: string }, []>("SELECT id FROM logs").all();
const stored = new Set(rows.map(({ id }) => id));
console.log(
  JSON.stringify({
    acknowledged: acknowledged.length,
    storedWhenFull,
    wasAway,
    stored: rows.length,
    missing: acknowledged.filter((id) => !stored.has(id)).slice(0, 5),
    droppedRecords: journal.droppedRecords,
    droppedBodies: journal.droppedBodies,
    after: ledger.state(),
  }),
);
journal.close();
database.close();
