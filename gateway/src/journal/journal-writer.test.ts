import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeExchangeJournal } from "../../test/contracts/exchange-journal.contract.ts";
import { readJournalBodies, readJournalEvents, readJournalRecords } from "../../test/support/read-journal.ts";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { systemClock } from "../core/clock.ts";
import type { ExchangeBodies } from "../core/exchange.ts";
import { idleSegmentMs, type JournalEvent, type JournalWriterOptions, openJournalWriter } from "./journal-writer.ts";
import { listSegments } from "./segment-names.ts";

const megabyte = 1024 * 1024;

function optionsFor(directory: string, changes: Partial<JournalWriterOptions> = {}): JournalWriterOptions {
  return { directory, worker: "w0", segmentBytes: megabyte, maxBytes: 16 * megabyte, clock: systemClock, ...changes };
}

describeExchangeJournal("segment files", () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "data", "journal");
  // One record to a segment, so that the next append needs the directory again.
  const journal = openJournalWriter(optionsFor(path, { segmentBytes: 1 }));
  let keptElsewhere: ReturnType<typeof readJournalRecords> | null = null;
  return {
    journal,
    readBack: () => keptElsewhere ?? readJournalRecords(path),
    readBodies: () =>
      readJournalBodies(path).map(({ record, request, response }) => [
        record.id,
        request?.bytes.toString("utf8") ?? null,
        response?.bytes.toString("utf8") ?? null,
      ]),
    readEvents: () => readJournalEvents(path),
    breakStore: () => {
      keptElsewhere = readJournalRecords(path);
      rmSync(path, { recursive: true });
      writeFileSync(path, "a file where the directory was");
    },
    dispose: () => {
      journal.close();
      directory[Symbol.dispose]();
    },
  };
});

describe("journal writer", () => {
  test("makes no file before the first record, and files for the owner alone", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "journal");
    const journal = openJournalWriter(optionsFor(path));
    expect(listSegments(path)).toEqual([]);
    journal.append(sampleRecord(), null);
    const [segment] = listSegments(path);
    expect(segment?.name).toMatch(/^w0-\d{13}-00000001\.hgj$/);
    expect(statSync(segment?.path as string).mode & 0o777).toBe(0o600);
    journal.close();
  });

  test("rotates, stays within the bound, and lets the oldest go first", () => {
    using directory = temporaryDirectory();
    const events: JournalEvent[] = [];
    const bound = { segmentBytes: 4096, maxBytes: 40_960 };
    const journal = openJournalWriter(optionsFor(directory.path, { ...bound, onEvent: (event) => events.push(event) }));
    for (let index = 0; index < 500; index += 1) {
      journal.append(sampleRecord({ id: `id-${index}` }), null);
      const total = listSegments(directory.path).reduce((sum, segment) => sum + segment.sizeBytes, 0);
      expect(total).toBeLessThanOrEqual(bound.maxBytes + 1024);
    }
    const kept = readJournalRecords(directory.path).map((record) => record.id);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `id-${500 - kept.length + index}`));
    expect(kept.length).toBeGreaterThan(20);
    expect(journal.removedSegments).toBeGreaterThan(10);
    expect(events.filter((event) => event.event === "journal_segments_removed").length).toBe(journal.removedSegments);
    expect(journal.droppedRecords).toBe(0);
    journal.close();
  });

  test("leaves the newest segment of other workers alone and orders its own by sequence when the clock goes back", () => {
    using directory = temporaryDirectory();
    const bound = { segmentBytes: 1, maxBytes: 1 };
    const other = openJournalWriter(optionsFor(directory.path, { ...bound, worker: "w1" }));
    other.append(sampleRecord({ id: "other" }), null);
    let nowMs = 5000;
    const clock = { ...systemClock, nowMs: () => (nowMs -= 1000) };
    const journal = openJournalWriter(optionsFor(directory.path, { ...bound, clock }));
    journal.append(sampleRecord({ id: "a" }), null);
    journal.append(sampleRecord({ id: "b" }), null);
    expect(
      readJournalRecords(directory.path)
        .map((record) => record.id)
        .sort(),
    ).toEqual(["b", "other"]);
    expect(listSegments(directory.path).find((segment) => segment.worker === "w0")?.sequence).toBe(2);
    journal.close();
    other.close();
  });

  test("notices that its directory was deleted and begins anew", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "journal");
    const journal = openJournalWriter(optionsFor(path));
    journal.append(sampleRecord({ id: "gone" }), null);
    rmSync(path, { recursive: true });
    journal.append(sampleRecord({ id: "kept" }), null);
    expect(readJournalRecords(path).map((record) => record.id)).toEqual(["kept"]);
    expect(journal.droppedRecords).toBe(0);
    journal.close();
  });

  test("tells the begin and the end of a failure once, and goes on afterwards", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "journal");
    writeFileSync(path, "in the way");
    const events: JournalEvent[] = [];
    const journal = openJournalWriter(optionsFor(path, { onEvent: (event) => events.push(event) }));
    for (let index = 0; index < 3; index += 1) journal.append(sampleRecord(), null);
    rmSync(path);
    mkdirSync(path);
    journal.append(sampleRecord({ id: "kept" }), null);
    expect(events.map(({ event }) => event)).toEqual(["journal_failed", "journal_recovered"]);
    expect(events[1]).toEqual({ event: "journal_recovered", droppedRecords: 3 });
    expect(journal.droppedRecords).toBe(3);
    expect(readJournalRecords(path).map((record) => record.id)).toEqual(["kept"]);
    journal.close();
  });

  test("counts a record that cannot be told as text", () => {
    using directory = temporaryDirectory();
    const journal = openJournalWriter(optionsFor(directory.path));
    journal.append(sampleRecord({ step: 1n as unknown as number }), null);
    journal.append(sampleRecord({ path: "x".repeat(17 * megabyte) }), null);
    expect(journal.droppedRecords).toBe(2);
    journal.append(sampleRecord({ id: "kept" }), null);
    expect(readJournalRecords(directory.path).map((record) => record.id)).toEqual(["kept"]);
    journal.close();
  });

  test.skipIf(process.getuid?.() === 0)(
    "counts records while the directory may not be written to (root may, so not as root)",
    () => {
      using directory = temporaryDirectory();
      chmodSync(directory.path, 0o500);
      const journal = openJournalWriter(optionsFor(directory.path));
      journal.append(sampleRecord(), null);
      chmodSync(directory.path, 0o700);
      expect(journal.droppedRecords).toBe(1);
      expect(readdirSync(directory.path)).toEqual([]);
      journal.close();
    },
  );

  test("tells of a body's coding and whether it is whole, and cuts one that is larger than a frame", () => {
    using directory = temporaryDirectory();
    const journal = openJournalWriter(
      optionsFor(directory.path, { segmentBytes: 64 * megabyte, maxBytes: 640 * megabyte }),
    );
    const large = Buffer.alloc(17 * megabyte, "x");
    journal.append(sampleRecord(), {
      request: { pieces: [Buffer.from("zz")], isComplete: false, contentEncoding: "gzip, br" },
      response: { pieces: [large.subarray(0, 5), large.subarray(5)], isComplete: true, contentEncoding: null },
    });
    const [kept] = readJournalBodies(directory.path);
    expect(kept?.request).toMatchObject({ isComplete: false, contentEncoding: "gzip, br" });
    expect(kept?.request?.idHex).toBe(sampleRecord().id.replaceAll("-", ""));
    expect(kept?.response).toMatchObject({ isComplete: false, contentEncoding: null });
    expect(kept?.response?.bytes.length).toBe(16 * megabyte - 18);
    expect(kept?.response?.bytes.equals(large.subarray(0, 16 * megabyte - 18))).toBe(true);
    journal.close();
  });

  test("leaves out bodies, and counts them, before any row goes", () => {
    using directory = temporaryDirectory();
    const events: JournalEvent[] = [];
    let nowMs = 0;
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const options = {
      segmentBytes: 4096,
      maxBytes: 400_000,
      clock,
      onEvent: (event: JournalEvent) => events.push(event),
    };
    const journal = openJournalWriter(optionsFor(directory.path, options));
    const bodies = bodiesOf("q".repeat(10_000));
    for (let index = 0; index < 100; index += 1) journal.append(sampleRecord({ id: idOf(index) }), bodies);
    const kept = readJournalBodies(directory.path);
    expect(kept.map(({ record }) => record.id)).toEqual(Array.from({ length: 100 }, (_, index) => idOf(index)));
    const withBodies = kept.filter(({ request }) => request !== null).length;
    expect(withBodies).toBeGreaterThan(20);
    expect(journal.droppedBodies).toBe(100 - withBodies);
    expect(journal.removedSegments).toBe(0);
    for (const segment of listSegments(directory.path)) rmSync(segment.path);
    nowMs += 1000;
    journal.append(sampleRecord({ id: idOf(1000) }), bodies);
    expect(readJournalBodies(directory.path)[0]?.request?.bytes.length).toBe(10_000);
    expect(events.map(({ event }) => event)).toEqual(["journal_bodies_left_out", "journal_bodies_kept"]);
    journal.close();
  });

  test("leaves a segment alone after five idle minutes, so that a reader may take it away", () => {
    using directory = temporaryDirectory();
    let nowMs = 0;
    const journal = openJournalWriter(
      optionsFor(directory.path, { clock: { ...systemClock, monotonicMs: () => nowMs } }),
    );
    journal.append(sampleRecord({ id: "a" }), null);
    nowMs += idleSegmentMs;
    journal.append(sampleRecord({ id: "b" }), null);
    nowMs += idleSegmentMs + 1;
    journal.append(sampleRecord({ id: "c" }), null);
    expect(listSegments(directory.path)).toHaveLength(2);
    expect(readJournalRecords(directory.path).map((record) => record.id)).toEqual(["a", "b", "c"]);
    journal.close();
  });

  test("a record with two bodies of 2 KB costs a few microseconds", () => {
    using directory = temporaryDirectory();
    const journal = openJournalWriter(
      optionsFor(directory.path, { segmentBytes: 64 * megabyte, maxBytes: 640 * megabyte }),
    );
    const record = sampleRecord();
    const bodies = { request: bodiesOf("q".repeat(2048)).request, response: bodiesOf("a".repeat(2048)).request };
    const append = (count: number): number => {
      const before = process.cpuUsage();
      for (let index = 0; index < count; index += 1) journal.append(record, bodies);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / count;
    };
    append(2000);
    const microseconds = Math.min(append(2000), append(2000), append(2000));
    console.log(`journal append with 2 x 2 KB: ${microseconds.toFixed(1)} us CPU`);
    // The goal is 15; the rest is for the machine being busy with others.
    expect(microseconds).toBeLessThan(45);
    journal.close();
  });
});

function idOf(index: number): string {
  return `0190c6f0-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
}

function bodiesOf(text: string): ExchangeBodies {
  return { request: { pieces: [Buffer.from(text)], isComplete: true, contentEncoding: null }, response: null };
}
