import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeFrame } from "../../test/support/encode-frame.ts";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { systemClock } from "../core/clock.ts";
import { followJournal, type JournalEntry } from "./follow-journal.ts";
import { openJournalWriter } from "./journal-writer.ts";
import { createSegmentFile } from "./segment-file.ts";
import { listSegments, segmentName } from "./segment-names.ts";

const megabyte = 1024 * 1024;

function writerFor(directory: string, worker = "w0", segmentBytes = megabyte) {
  return openJournalWriter({ directory, worker, segmentBytes, maxBytes: 64 * megabyte, clock: systemClock });
}

/** Follows in the background; `until` waits for a number of entries and fails after five seconds. */
function collect(directory: string, from: "start" | "now") {
  const abort = new AbortController();
  const entries: JournalEntry[] = [];
  const done = (async () => {
    for await (const entry of followJournal({ directory, from, signal: abort.signal, pollMs: 50 })) entries.push(entry);
  })();
  return {
    ids: () => entries.map((entry) => (entry.type === "record" ? entry.record.id : entry.reason)),
    async until(count: number): Promise<void> {
      const deadline = Date.now() + 5000;
      while (entries.length < count) {
        if (Date.now() > deadline) throw new Error(`only ${entries.length} of ${count} entries came`);
        await Bun.sleep(5);
      }
    },
    async stop(): Promise<void> {
      abort.abort();
      await done;
    },
  };
}

test("yields old and new records over rotations and workers, each once", async () => {
  using directory = temporaryDirectory();
  const first = writerFor(directory.path, "w0", 2000);
  for (let index = 0; index < 10; index += 1) first.append(sampleRecord({ id: `a${index}` }), null);
  const following = collect(directory.path, "start");
  await following.until(10);
  const second = writerFor(directory.path, "w1", 2000);
  for (let index = 10; index < 40; index += 1) {
    first.append(sampleRecord({ id: `a${index}` }), null);
    second.append(sampleRecord({ id: `b${index}` }), null);
  }
  await following.until(70);
  await Bun.sleep(120);
  await following.stop();
  const ids = following.ids();
  expect(ids.filter((id) => id.startsWith("a"))).toEqual(Array.from({ length: 40 }, (_, index) => `a${index}`));
  expect(ids.filter((id) => id.startsWith("b"))).toEqual(Array.from({ length: 30 }, (_, index) => `b${index + 10}`));
  expect(listSegments(directory.path).length).toBeGreaterThan(10);
});

test("from now on leaves out what was there", async () => {
  using directory = temporaryDirectory();
  const journal = writerFor(directory.path);
  journal.append(sampleRecord({ id: "old" }), null);
  const following = collect(directory.path, "now");
  await Bun.sleep(30);
  journal.append(sampleRecord({ id: "new" }), null);
  await following.until(1);
  await following.stop();
  expect(following.ids()).toEqual(["new"]);
});

test("waits for a directory that is not there yet, and survives its deletion", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "journal");
  const following = collect(path, "now");
  const journal = writerFor(path);
  journal.append(sampleRecord({ id: "one" }), null);
  await following.until(1);
  rmSync(path, { recursive: true });
  journal.append(sampleRecord({ id: "two" }), null);
  await following.until(2);
  await following.stop();
  expect(following.ids()).toEqual(["one", "two"]);
});

test("waits for the rest of a torn live record, and tells of one whose writer is gone", async () => {
  using directory = temporaryDirectory();
  const whole = writerFor(directory.path);
  whole.append(sampleRecord({ id: "half" }), null);
  const [source] = listSegments(directory.path);
  const bytes = readFileSync(source?.path as string);
  const path = join(directory.path, segmentName("w1", 1, 1));
  writeFileSync(path, bytes.subarray(0, 100));
  const following = collect(directory.path, "start");
  await following.until(1);
  await Bun.sleep(120);
  expect(following.ids()).toEqual(["half"]);
  appendFileSync(path, bytes.subarray(100));
  await following.until(2);
  appendFileSync(path, bytes.subarray(8, 50));
  const restarted = writerFor(directory.path, "w1");
  restarted.append(sampleRecord({ id: "restarted" }), null);
  await following.until(4);
  await Bun.sleep(120);
  await following.stop();
  expect(following.ids().sort()).toEqual(["half", "half", "restarted", "torn"]);
});

test("tells where a segment is damaged, once, and goes on with the next one", async () => {
  using directory = temporaryDirectory();
  const journal = writerFor(directory.path, "w0", 1);
  for (const id of ["a", "b", "c"]) journal.append(sampleRecord({ id }), null);
  const middle = listSegments(directory.path)[1];
  const bytes = readFileSync(middle?.path as string);
  bytes[40] = (bytes[40] as number) ^ 1;
  writeFileSync(middle?.path as string, bytes);
  const following = collect(directory.path, "start");
  await following.until(3);
  await Bun.sleep(150);
  await following.stop();
  expect(following.ids().sort()).toEqual(["a", "bad_checksum", "c"]);
});

test("skips kinds it does not know and tells of payloads that are no record", async () => {
  using directory = temporaryDirectory();
  const segment = createSegmentFile(join(directory.path, segmentName("w0", 1, 1)));
  for (const [kind, text] of [
    [9, "?"],
    [1, "{"],
    [1, '{"id":"fine"}'],
  ] as const) {
    segment.append([encodeFrame(kind, text)]);
  }
  const following = collect(directory.path, "start");
  await following.until(2);
  await following.stop();
  segment.close();
  expect(following.ids()).toEqual(["bad_payload", "fine"]);
});
