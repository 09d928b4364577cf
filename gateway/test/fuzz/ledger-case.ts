import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { segmentMagic } from "../../src/journal/segment-format.ts";
import { noRetention } from "../../src/ledger/retention.ts";
import { startLedger } from "../../src/ledger/start-ledger.ts";
import { logRow } from "../../src/management/logs/log-row.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { applyRollUps } from "../../src/stores/sqlite/roll-ups.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { encodeFrame } from "../support/encode-frame.ts";
import { sampleId, sampleQuery } from "../support/sample-log.ts";
import { sampleRecord } from "../support/sample-record.ts";
import type { CallCase } from "./fuzz-case.ts";
import { alteredJson } from "./nasty-values.ts";
import type { SeededRandom } from "./seeded-random.ts";

const scope = { accountId: "default", gatewayId: "default" };

/** Records that no worker writes, among right ones: the ledger keeps or puts aside each, and what it keeps can be shown. */
export function ledgerCase(random: SeededRandom, directory: string): CallCase {
  const altered = Array.from({ length: 1 + random.below(4) }, () => alteredJson(random, sampleRecord()));
  const good = { ...sampleRecord(), id: sampleId(7) };
  const frames = [...altered, good].map((record) => encodeFrame(1, JSON.stringify(record)));
  const folder = join(directory, `fuzzed-ledger-${random.below(1_000_000_000)}`);
  return {
    kind: "call",
    input: JSON.stringify(altered),
    async run() {
      mkdirSync(folder);
      const database = openDatabase(join(folder, "headgate.db"));
      const store = openSqliteLogStore(database, applyRollUps);
      const journal = join(folder, "journal");
      mkdirSync(journal);
      writeFileSync(join(journal, "w0-1760000000000-00000001.hgj"), Buffer.concat([segmentMagic, ...frames]));
      const rules = { maxBodyBytes: 1000, maxSearchCharacters: 1000, retentionOf: () => noRetention };
      const ledger = startLedger({
        directory: journal,
        store,
        consumers: [],
        rules,
        clock: systemClock,
        log: () => {},
        lingerMs: 1,
      });
      try {
        // What is in the journal by then is stored before it ends.
        await ledger.stop();
        const { logs } = await store.list(scope, sampleQuery({ limit: 100 }));
        if (!logs.some(({ record }) => record.id === good.id)) throw new Error("the right record is not there");
        for (const log of logs) JSON.stringify(logRow(log));
      } finally {
        database.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
