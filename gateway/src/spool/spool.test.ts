import { expect, test } from "bun:test";
import { appendFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openSpool, type Spool } from "./spool.ts";

const limits = { maxBatchBytes: 100, maxWaitingBytes: 1_000_000 };

/** Takes everything out, oldest first. */
async function drain(spool: Spool): Promise<{ lines: string; recordCount: number }[]> {
  const batches = [];
  spool.closeBatch();
  for (let batch = await spool.oldest(); batch !== null; batch = await spool.oldest()) {
    batches.push({ lines: gunzipSync(batch.bytes).toString(), recordCount: batch.recordCount });
    await spool.remove(batch.id);
  }
  return batches;
}

test("lines come out in batches, in order, and leave nothing behind", async () => {
  using directory = temporaryDirectory();
  const spool = openSpool(directory.path, limits);
  expect(await spool.oldest()).toBeNull();
  expect([spool.openSinceMs, spool.hasClosed]).toEqual([null, false]);
  spool.append("a\nb\n", 2);
  expect(spool.hasClosed).toBe(false);
  spool.append(`${"c".repeat(99)}\n`, 1);
  expect(spool.hasClosed).toBe(true);
  spool.append("d\n", 1);
  expect(await drain(spool)).toEqual([
    { lines: `a\nb\n${"c".repeat(99)}\n`, recordCount: 3 },
    { lines: "d\n", recordCount: 1 },
  ]);
  expect(spool.waitingBytes).toBe(0);
  expect(readdirSync(directory.path)).toEqual([]);
});

test("a batch that was not removed comes again under the same id, also after a restart", async () => {
  using directory = temporaryDirectory();
  const first = openSpool(directory.path, limits);
  first.append("a\n", 1);
  first.closeBatch();
  const before = await first.oldest();
  expect(await first.oldest()).toEqual(before!);
  const second = openSpool(directory.path, limits);
  expect(await second.oldest()).toEqual(before!);
  expect(second.waitingBytes).toBe(before!.bytes.length);
});

test("what a dead process left is closed: half lines, half files and copies are removed", async () => {
  using directory = temporaryDirectory();
  const dead = openSpool(directory.path, limits);
  dead.append("a\nb\n", 2);
  const [open] = readdirSync(directory.path) as [string];
  appendFileSync(join(directory.path, open), '{"half":');
  writeFileSync(join(directory.path, `0190c6f0-0000-7000-8000-000000000001-3.ndjson.gz.part`), "half a file");
  writeFileSync(join(directory.path, `0190c6f0-0000-7000-8000-000000000002.ndjson`), "half a line");
  writeFileSync(join(directory.path, `0190c6f0-0000-7000-8000-000000000003.ndjson`), "old\n");
  writeFileSync(join(directory.path, `0190c6f0-0000-7000-8000-000000000003-1.ndjson.gz`), Bun.gzipSync("old\n"));
  writeFileSync(join(directory.path, "notes.txt"), "somebody's");
  const spool = openSpool(directory.path, limits);
  expect(await drain(spool)).toEqual([
    { lines: "old\n", recordCount: 1 },
    { lines: "a\nb\n", recordCount: 2 },
  ]);
  expect(readdirSync(directory.path)).toEqual(["notes.txt"]);
});

test("beyond its bound the oldest go, counted, but not the one being delivered", async () => {
  using directory = temporaryDirectory();
  const spool = openSpool(directory.path, { maxBatchBytes: 1, maxWaitingBytes: 500 });
  spool.append("first\n", 1);
  const delivering = await spool.oldest();
  for (let index = 0; index < 100; index += 1) spool.append(`${String(index).padStart(99)}\n`, 1);
  expect(spool.waitingBytes).toBeLessThanOrEqual(500);
  expect(spool.droppedRecords).toBe(96);
  expect((await spool.oldest())?.id).toBe(delivering!.id);
  const left = await drain(spool);
  expect(left.map(({ lines }) => lines.trim())).toEqual(["first", "96", "97", "98", "99"]);
});

test("a file that was taken away is counted and does not stop the others", async () => {
  using directory = temporaryDirectory();
  const spool = openSpool(directory.path, { ...limits, maxBatchBytes: 1 });
  spool.append("a\n", 1);
  spool.append("b\n", 1);
  const [oldest] = readdirSync(directory.path).toSorted() as [string];
  rmSync(join(directory.path, oldest));
  expect(await spool.oldest()).toBeNull();
  expect(spool.droppedRecords).toBe(1);
  expect(await drain(spool)).toEqual([{ lines: "b\n", recordCount: 1 }]);
});

test("a directory that cannot be written to costs the records, counted", () => {
  using directory = temporaryDirectory();
  const spool = openSpool(join(directory.path, "spool"), limits);
  rmSync(join(directory.path, "spool"), { recursive: true });
  spool.append("a\nb\n", 2);
  expect(spool.droppedRecords).toBe(2);
});
