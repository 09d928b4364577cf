import { expect, test } from "bun:test";
import { join } from "node:path";
import { describeEventStore, type EventStoreUnderTest } from "../../../test/contracts/event-store.contract.ts";
import { sampleEvent } from "../../../test/support/sample-event.ts";
import { sampleLog } from "../../../test/support/sample-log.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openDatabase } from "./open-database.ts";
import { openSqliteEventStore } from "./sqlite-event-store.ts";
import { openSqliteLogStore } from "./sqlite-log-store.ts";

function openStore(): EventStoreUnderTest {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  return {
    store: openSqliteEventStore(database),
    logs: openSqliteLogStore(database),
    dispose: () => {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

describeEventStore("SQLite", openStore);

test("events go with the batch they stood with: all or nothing", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  const fails = openSqliteLogStore(database, () => {
    throw new Error("no figures");
  });
  expect(await fails.ingest([sampleLog(1)], [], [sampleEvent()]).catch(String)).toContain("no figures");
  expect(database.writer.query("SELECT count(*) AS n FROM events").get()).toEqual({ n: 0 });
  database.close();
});

test("the last 100,000 stay", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  const logs = openSqliteLogStore(database);
  await logs.ingest([], [], [sampleEvent(), sampleEvent({ threshold: 60 })]);
  database.writer.run("UPDATE events SET sequence = sequence + 99999 WHERE sequence = 2");
  await logs.ingest([], [], [sampleEvent({ threshold: 70 })]);
  expect(database.writer.query("SELECT sequence FROM events ORDER BY 1").values()).toEqual([[100_001], [100_002]]);
  database.close();
});
