import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../gateway/src/core/clock.ts";
import { openJournalWriter } from "../gateway/src/journal/journal-writer.ts";
import { noRetention } from "../gateway/src/ledger/retention.ts";
import { startLedger } from "../gateway/src/ledger/start-ledger.ts";
import type { LogFilter, LogQuery, LogStore } from "../gateway/src/stores/ports/log-store.ts";
import { openDatabase } from "../gateway/src/stores/sqlite/open-database.ts";
import { applyRollUps } from "../gateway/src/stores/sqlite/roll-ups.ts";
import { openSqliteLogStore } from "../gateway/src/stores/sqlite/sqlite-log-store.ts";
import { createLogGenerator, type LogGenerator } from "./ledger-generate.ts";

// Measures the ledger and the log store over generated logs and prints figures as JSON:
//   bun bench/ledger.ts --rows 10000000 [--directory where] [--journal 50000]
// A directory with rows from an earlier run is filled up to `--rows`; without one a temporary directory is made and removed.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    journal: { type: "string", default: "50000" },
    directory: { type: "string" },
  },
});
const rowCount = Number(values.rows);
const journalCount = Number(values.journal);
const directory = values.directory ?? mkdtempSync(join(tmpdir(), "headgate-ledger-"));
const scope = { accountId: "default", gatewayId: "production" };
const batchRows = 1000;
const journalDirectory = join(directory, "journal");
const monthMs = 30 * 86_400_000;

const path = join(directory, "headgate.db");
const database = openDatabase(path);
const store = openSqliteLogStore(database, (writer, records) => applyRollUps(writer, records));
const endMs = Date.UTC(2026, 9, 1);
const shape = { startMs: endMs - monthMs, stepMs: monthMs / rowCount, words: 40, bodyEvery: 20 };
const generator = createLogGenerator(shape);
try {
  const append = await writeJournal();
  const figures = {
    rows: rowCount,
    fill: await fill(store, generator),
    ledger: { ...append, ...(await moveJournal()) },
    pages: await measurePages(generator),
    deletion: await measureDeletion(generator),
    databaseBytes: statSync(path).size,
    peakRssMb: round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(figures, null, 2));
} finally {
  database.close();
  if (values.directory === undefined) rmSync(directory, { recursive: true });
}

async function fill(target: LogStore, source: LogGenerator) {
  const present = (await target.statistics()).reduce((sum, { rows }) => sum + rows, 0);
  const startedMs = performance.now();
  let cpuUs = 0;
  for (let index = present; index < rowCount; index += batchRows) {
    const count = Math.min(batchRows, rowCount - index);
    const batch = Array.from({ length: count }, (_, offset) => source.log(index + offset));
    cpuUs += await cpuOf(() => target.ingest(batch, []));
    if (index % 500_000 === 0) console.error(`${index} rows, ${round((performance.now() - startedMs) / 1000)} s`);
  }
  const added = rowCount - present;
  return {
    added,
    seconds: round((performance.now() - startedMs) / 1000),
    cpuUsPerRow: added > 0 ? round(cpuUs / added) : null,
  };
}

/** A journal with two bodies of 2 KB for each record; written first, as a worker's heap has no store beside it. */
async function writeJournal() {
  const source = createLogGenerator({ ...shape, startMs: endMs, stepMs: 2 });
  const options = { directory: journalDirectory, worker: "w0", segmentBytes: 67_108_864, maxBytes: 100_000_000_000 };
  const journal = openJournalWriter({ ...options, clock: systemClock });
  let appendUs = 0;
  for (let start = 0; start < journalCount; start += batchRows) {
    const made = Array.from({ length: Math.min(batchRows, journalCount - start) }, (_, offset) => {
      const pieces = [source.body(start + offset)];
      const body = { pieces, isComplete: true, contentEncoding: null };
      return { record: source.record(rowCount + start + offset), bodies: { request: body, response: body } };
    });
    appendUs += await cpuOf(() => {
      for (const { record, bodies } of made) journal.append(record, bodies);
    });
  }
  journal.close();
  return { droppedBodies: journal.droppedBodies, appendCpuUsPerRecord: round(appendUs / journalCount) };
}

/** The ledger itself moves what `writeJournal` left. */
async function moveJournal() {
  const rules = { maxBodyBytes: 1_048_576, maxSearchCharacters: 16_384, retentionOf: () => noRetention };
  const startedMs = performance.now();
  const run = { directory: journalDirectory, store, consumers: [], rules, clock: systemClock };
  const ledger = startLedger({ ...run, log: (level, event, fields) => console.error(level, event, fields) });
  const cpuUs = await cpuOf(() => ledger.stop(600_000));
  const { stored } = ledger.state();
  return {
    records: stored,
    cpuUsPerRecord: round(cpuUs / stored),
    recordsPerSecond: Math.round(stored / ((performance.now() - startedMs) / 1000)),
  };
}

async function measurePages(source: LogGenerator) {
  const eq = (key: "provider" | "model" | "success", value: string | boolean): LogFilter => ({
    key,
    operator: "eq",
    values: [value],
  });
  const user: LogFilter = { key: "metadata.entry", name: "user", operator: "eq", values: ["u77"] };
  const questions: Record<string, Partial<LogQuery>> = {
    newest: {},
    provider: { filters: [eq("provider", "beta")] },
    providerAndModel: { filters: [eq("provider", "beta"), eq("model", "vision")] },
    failed: { filters: [eq("success", false)] },
    user: { filters: [user] },
    slow: { filters: [{ key: "duration", operator: "gt", values: [29_000] }] },
    nothingMatches: { filters: [{ key: "duration", operator: "gt", values: [1e9] }], withTotal: false },
    ranges: { withRanges: true },
    byProvider: { orderBy: "provider" },
    page100: { offset: 4950 },
    searchRare: { search: source.word(19_000) },
    searchCommon: { search: `${source.word(0)} ${source.word(5)}` },
    searchAndFilter: { search: source.word(500), filters: [eq("provider", "beta")] },
  };
  const figures: Record<string, { rows: number; total: number | null; firstMs: number; medianMs: number }> = {};
  for (const [name, changes] of Object.entries(questions)) {
    const times: number[] = [];
    let page = await store.list(scope, queryOf({}));
    for (let run = 0; run < 5; run += 1) {
      const startedMs = performance.now();
      page = await store.list(scope, queryOf(changes));
      times.push(performance.now() - startedMs);
    }
    const medianMs = round(times.toSorted((left, right) => left - right)[2] as number);
    figures[name] = { rows: page.logs.length, total: page.total, firstMs: round(times[0] as number), medianMs };
  }
  return figures;
}

/** Deletes 10,000 rows while batches of 200 keep coming in. */
async function measureDeletion(source: LogGenerator) {
  const deleting = new AbortController();
  const waitsMs: number[] = [];
  const ingesting = (async () => {
    for (let index = rowCount + journalCount; !deleting.signal.aborted; index += 200) {
      const batch = Array.from({ length: 200 }, (_, offset) => source.log(index + offset));
      const askedMs = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      await store.ingest(batch, []);
      waitsMs.push(performance.now() - askedMs);
    }
  })();
  const startedMs = performance.now();
  const deleted = await store.delete(scope, queryOf({ direction: "asc", limit: 10_000 }));
  const ms = round(performance.now() - startedMs);
  deleting.abort();
  await ingesting;
  return { deleted, ms, batchesIngestedMeanwhile: waitsMs.length, longestBatchMs: round(Math.max(...waitsMs)) };
}

function queryOf(changes: Partial<LogQuery>): LogQuery {
  const plain = { filters: [], search: null, orderBy: "created_at", direction: "desc", limit: 50, offset: 0 } as const;
  return { ...plain, cursor: null, withTotal: true, withRanges: false, ...changes };
}

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
