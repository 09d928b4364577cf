import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { LedgerState } from "../../src/ledger/start-ledger.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const support = join(import.meta.dir, "../support");

function startLedger(directory: string) {
  return Bun.spawn([process.execPath, join(support, "run-ledger.ts"), directory], { stdout: "pipe", stderr: "ignore" });
}

function startWriter(directory: string, worker: string, count?: number) {
  const program = [process.execPath, join(support, "append-logs.ts"), directory, worker];
  return Bun.spawn(count === undefined ? program : [...program, String(count)], { stdout: "pipe", stderr: "inherit" });
}

/** What the writers said they had appended: cost by id. The line a killed writer did not end is left out. */
function acknowledgedIn(outputs: readonly string[]): Map<string, number> {
  const lines = outputs.flatMap((output) => output.slice(0, output.lastIndexOf("\n") + 1).split("\n"));
  return new Map(
    lines.filter((line) => line !== "").map((line) => [line.split(" ")[0] as string, Number(line.split(" ")[1])]),
  );
}

test("a ledger killed twenty times, and a writer too, leave every acknowledged record in the log once, and the costs right", async () => {
  using directory = temporaryDirectory();
  const writers = [startWriter(directory.path, "w0"), startWriter(directory.path, "w1")];
  const outputs = writers.map((writer) => writer.stdout.text());
  for (let kill = 0; kill < 20; kill += 1) {
    const ledger = startLedger(directory.path);
    await Bun.sleep(100 + ((kill * 37) % 130));
    ledger.kill("SIGKILL");
    await ledger.exited;
  }
  for (const writer of writers) {
    writer.kill("SIGKILL");
    await writer.exited;
  }
  // The next life of the workers closes the segments of their last one.
  for (const worker of ["w0", "w1"]) outputs.push(startWriter(directory.path, worker, 1).stdout.text());
  const acknowledged = acknowledgedIn(await Promise.all(outputs));

  const last = startLedger(directory.path);
  const states = last.stdout.text();
  await Bun.sleep(500);
  last.kill("SIGTERM");
  expect(await last.exited).toBe(0);
  const state = JSON.parse((await states).trimEnd().split("\n").at(-1) as string) as LedgerState;
  expect(state).toMatchObject({ queuedBytes: 0, isStoreAvailable: true, lostSegments: 0 });

  const database = new Database(join(directory.path, "headgate.db"), { readonly: true });
  const rows = database
    .query<{ id: string; cost: number; parts: number }, []>("SELECT id, cost_nano_usd AS cost, parts FROM logs")
    .all();
  const stored = new Map(rows.map(({ id, cost }) => [id, cost]));
  expect(acknowledged.size).toBeGreaterThan(500);
  expect(rows.length).toBe(stored.size);
  expect([...acknowledged].filter(([id, cost]) => stored.get(id) !== cost)).toEqual([]);
  // The one record of each writer that was appended and not yet acknowledged may be there too.
  expect(rows.length - acknowledged.size).toBeLessThanOrEqual(2);
  expect(rows.every(({ parts }) => parts === 7)).toBe(true);
  const sum = rows.reduce((total, { cost }) => total + cost, 0);
  expect(database.query("SELECT sum(records) AS records, sum(cost) AS cost FROM totals").get()).toEqual({
    records: rows.length,
    cost: sum,
  });
  expect(database.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  database.close();
  // Both newest segments wait for their workers to move on; everything older is gone.
  expect(readdirSync(join(directory.path, "journal")).filter((name) => name.endsWith(".hgj"))).toHaveLength(2);
}, 60_000);

test("a full disk makes the ledger wait, and it goes on by itself once there is room", () => {
  using directory = temporaryDirectory();
  const namespaces = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const probe = Bun.spawnSync([...namespaces, "sh", "-c", 'mount -t tmpfs none "$0"', directory.path]);
  if (!probe.success) {
    console.log(`full disk not tested: no private mount here (${probe.stderr.toString().trim()})`);
    return;
  }
  const mount = 'mount -t tmpfs -o size=4m none "$2" && exec "$0" "$1" "$2"';
  const program = join(support, "ledger-beyond-space.ts");
  const run = Bun.spawnSync([...namespaces, "sh", "-c", mount, process.execPath, program, directory.path], {
    timeout: 40_000,
  });
  if (!run.success) throw new Error(run.stderr.toString() || `ended with ${run.exitCode ?? run.signalCode}`);
  const report = JSON.parse(run.stdout.toString()) as {
    acknowledged: number;
    storedWhenFull: number;
    wasAway: boolean;
    stored: number;
    missing: string[];
    droppedRecords: number;
    droppedBodies: number;
    after: LedgerState;
  };
  expect(report.wasAway).toBe(true);
  expect(report.storedWhenFull).toBeLessThan(report.acknowledged);
  expect(report.missing).toEqual([]);
  expect(report.stored).toBe(report.acknowledged);
  expect(report.droppedBodies).toBeGreaterThan(0);
  expect(report.after).toMatchObject({ isStoreAvailable: true, queuedBytes: 0 });
}, 60_000);
