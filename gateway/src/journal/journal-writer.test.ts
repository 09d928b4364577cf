import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeExchangeJournal } from "../../test/contracts/exchange-journal.contract.ts";
import { readJournalRecords } from "../../test/support/read-journal.ts";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { systemClock } from "../core/clock.ts";
import { type JournalEvent, type JournalWriterOptions, openJournalWriter } from "./journal-writer.ts";
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
    journal.append(sampleRecord());
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
      journal.append(sampleRecord({ id: `id-${index}` }));
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
    other.append(sampleRecord({ id: "other" }));
    let nowMs = 5000;
    const clock = { ...systemClock, nowMs: () => (nowMs -= 1000) };
    const journal = openJournalWriter(optionsFor(directory.path, { ...bound, clock }));
    journal.append(sampleRecord({ id: "a" }));
    journal.append(sampleRecord({ id: "b" }));
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
    journal.append(sampleRecord({ id: "gone" }));
    rmSync(path, { recursive: true });
    journal.append(sampleRecord({ id: "kept" }));
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
    for (let index = 0; index < 3; index += 1) journal.append(sampleRecord());
    rmSync(path);
    mkdirSync(path);
    journal.append(sampleRecord({ id: "kept" }));
    expect(events.map(({ event }) => event)).toEqual(["journal_failed", "journal_recovered"]);
    expect(events[1]).toEqual({ event: "journal_recovered", droppedRecords: 3 });
    expect(journal.droppedRecords).toBe(3);
    expect(readJournalRecords(path).map((record) => record.id)).toEqual(["kept"]);
    journal.close();
  });

  test("counts a record that cannot be told as text", () => {
    using directory = temporaryDirectory();
    const journal = openJournalWriter(optionsFor(directory.path));
    journal.append(sampleRecord({ step: 1n as unknown as number }));
    journal.append(sampleRecord({ path: "x".repeat(17 * megabyte) }));
    expect(journal.droppedRecords).toBe(2);
    journal.append(sampleRecord({ id: "kept" }));
    expect(readJournalRecords(directory.path).map((record) => record.id)).toEqual(["kept"]);
    journal.close();
  });

  test.skipIf(process.getuid?.() === 0)("counts records while the directory may not be written to", () => {
    using directory = temporaryDirectory();
    chmodSync(directory.path, 0o500);
    const journal = openJournalWriter(optionsFor(directory.path));
    journal.append(sampleRecord());
    chmodSync(directory.path, 0o700);
    expect(journal.droppedRecords).toBe(1);
    expect(readdirSync(directory.path)).toEqual([]);
    journal.close();
  });
});
