import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { noRetention } from "../../src/ledger/retention.ts";
import { startLedger } from "../../src/ledger/start-ledger.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";

// Moves the journal of the data directory given as argument into its database until it is killed, or told by SIGTERM to end when all
// is stored. Prints its state as JSON every 50 ms.
const directory = process.argv[2] as string;
const database = openDatabase(join(directory, "headgate.db"));
database.writer.run("CREATE TABLE IF NOT EXISTS totals (records INTEGER NOT NULL, cost INTEGER NOT NULL) STRICT");
const store = openSqliteLogStore(database, (writer, records) => {
  const cost = records.reduce((sum, record) => sum + (record.cost.nanoUsd ?? 0), 0);
  writer.query("INSERT INTO totals VALUES (?, ?)").run(records.length, cost);
});
const ledger = startLedger({
  directory: join(directory, "journal"),
  store,
  consumers: [],
  rules: { maxBodyBytes: 1_048_576, maxSearchCharacters: 16_384, retentionOf: () => noRetention },
  clock: systemClock,
  log: (level, event, fields) => process.stderr.write(`${JSON.stringify({ level, event, ...fields })}\n`),
  lingerMs: 5,
});
const timer = setInterval(() => process.stdout.write(`${JSON.stringify(ledger.state())}\n`), 50);
process.once("SIGTERM", async () => {
  await ledger.stop(10_000);
  clearInterval(timer);
  process.stdout.write(`${JSON.stringify(ledger.state())}\n`);
  database.close();
  process.exit(0);
});
