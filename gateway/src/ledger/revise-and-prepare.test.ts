import { expect, test } from "bun:test";
import { systemClock } from "../core/clock.ts";
import type { BatchConsumer, LedgerEntry } from "../core/ledger-entry.ts";
import { openJournalWriter } from "../journal/journal-writer.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { openSqliteLogStore } from "../stores/sqlite/sqlite-log-store.ts";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { until } from "../../test/support/until.ts";
import { noRetention } from "./retention.ts";
import { startLedger } from "./start-ledger.ts";

test("an estimated record is counted anew before it is stored, and whoever may miss nothing gets it before", async () => {
  using directory = temporaryDirectory();
  const database = openDatabase(`${directory.path}/headgate.db`);
  const store = openSqliteLogStore(database);
  const scope = { accountId: "default", gatewayId: "default" };
  const seen: string[] = [];
  const isStored = async ({ record }: LedgerEntry) => (await store.get(scope, record.id)) !== null;
  const careful: BatchConsumer = {
    name: "careful",
    async prepare(batch) {
      for (const entry of batch) seen.push(`prepare ${entry.record.usage?.outputTokens} ${await isStored(entry)}`);
      throw new Error("a consumer's fault holds nothing up");
    },
    async consume(batch) {
      for (const entry of batch) seen.push(`consume ${entry.record.usage?.outputTokens} ${await isStored(entry)}`);
    },
  };
  const journal = openJournalWriter({
    directory: `${directory.path}/journal`,
    worker: "w0",
    segmentBytes: 1_000_000,
    maxBytes: 10_000_000,
    clock: systemClock,
  });
  const id = Bun.randomUUIDv7();
  journal.append(sampleRecord({ id, isUsageEstimated: true, usage: { inputTokens: 1, outputTokens: 2 } }), null);
  const ledger = startLedger({
    directory: `${directory.path}/journal`,
    store,
    consumers: [careful],
    rules: {
      maxBodyBytes: 1000,
      maxSearchCharacters: 1000,
      retentionOf: () => noRetention,
      revise: ({ record }) => Promise.resolve({ ...record, usage: { inputTokens: 1, outputTokens: 99 } }),
    },
    clock: systemClock,
    log: () => {},
  });
  await until("both calls", () => seen.length === 2);
  await ledger.stop();
  journal.close();
  expect(seen).toEqual(["prepare 99 false", "consume 99 true"]);
  expect((await store.get(scope, id))?.record.usage?.outputTokens).toBe(99);
  database.close();
});
