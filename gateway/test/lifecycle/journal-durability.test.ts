import { expect, test } from "bun:test";
import { join } from "node:path";
import { readJournalRecords } from "../support/read-journal.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const support = join(import.meta.dir, "../support");

interface SpaceReport {
  readonly acknowledged: string[];
  readonly kept: string[];
  readonly droppedWhenFull: number;
  readonly droppedInAll: number;
  readonly appended: number;
}

/** Runs the appending program under a shell line that limits its space; `$0` is this bun, `$1` the program, `$2` the directory. */
function appendBeyondSpace(shell: readonly string[], directory: string): SpaceReport | string {
  const program = join(support, "append-beyond-space.ts");
  const run = Bun.spawnSync([...shell, process.execPath, program, directory], { timeout: 20_000 });
  if (!run.success) return run.stderr.toString() || `ended with ${run.exitCode ?? run.signalCode}`;
  return JSON.parse(run.stdout.toString()) as SpaceReport;
}

test("a killed writer loses no acknowledged record", async () => {
  for (const aliveMs of [60, 150]) {
    using directory = temporaryDirectory();
    const child = Bun.spawn([process.execPath, join(support, "append-until-killed.ts"), directory.path], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const reading = child.stdout.text();
    const deadline = Date.now() + 5000;
    while (readJournalRecords(directory.path).length === 0 && Date.now() < deadline) await Bun.sleep(5);
    await Bun.sleep(aliveMs);
    child.kill("SIGKILL");
    await child.exited;
    const output = await reading;
    const acknowledged = output
      .slice(0, output.lastIndexOf("\n") + 1)
      .split("\n")
      .filter((line) => line !== "");
    const kept = readJournalRecords(directory.path).map((record) => record.id);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged);
    // The one record that was appended and not yet acknowledged may be there too.
    expect(kept.length - acknowledged.length).toBeLessThanOrEqual(1);
  }
}, 20_000);

test("a limit on file sizes costs the record that met it, and the next segment goes on", () => {
  using directory = temporaryDirectory();
  // 64 blocks of 1024 bytes.
  const report = appendBeyondSpace(["bash", "-c", 'ulimit -f 64 && exec "$0" "$1" "$2" 300'], directory.path);
  if (typeof report === "string") throw new Error(report);
  expect(report.kept).toEqual(report.acknowledged);
  expect(report.appended).toBe(report.acknowledged.length + report.droppedInAll);
  expect(report.droppedInAll).toBeGreaterThan(0);
  expect(report.droppedInAll).toBeLessThan(20);
});

test("a full disk drops and counts records, keeps the others, and takes new ones once there is room", () => {
  using directory = temporaryDirectory();
  const mount = 'mount -t tmpfs -o size=128k none "$2" && exec "$0" "$1" "$2" 500';
  const namespaces = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const probe = Bun.spawnSync([...namespaces, "sh", "-c", 'mount -t tmpfs none "$0"', directory.path]);
  if (!probe.success) {
    console.log(`full disk not tested: no private mount here (${probe.stderr.toString().trim()})`);
    return;
  }
  const report = appendBeyondSpace([...namespaces, "sh", "-c", mount], directory.path);
  if (typeof report === "string") throw new Error(report);
  expect(report.kept).toEqual(report.acknowledged);
  expect(report.appended).toBe(report.acknowledged.length + report.droppedInAll);
  expect(report.droppedWhenFull).toBeGreaterThan(100);
  expect(report.droppedInAll).toBe(report.droppedWhenFull);
  expect(report.acknowledged.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => `id-${501 + index}`));
});
