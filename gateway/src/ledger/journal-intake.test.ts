import { expect, test } from "bun:test";
import { join } from "node:path";
import { sampleId, sampleLog } from "../../test/support/sample-log.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { systemClock } from "../core/clock.ts";
import { openJournalWriter } from "../journal/journal-writer.ts";
import { listSegments } from "../journal/segment-names.ts";
import { type IntakeBatch, openJournalIntake } from "./journal-intake.ts";
import { openQuarantine } from "./quarantine.ts";

const record = (index: number) => sampleLog(index).record;

function openIntake(directory: string, checkpoints: ReadonlyMap<string, number> = new Map(), records = 100) {
  const quarantine = openQuarantine(directory);
  return openJournalIntake({
    directory,
    checkpoints,
    quarantine,
    limits: { records, bytes: 1_000_000 },
    clock: systemClock,
  });
}

function writerFor(directory: string) {
  return openJournalWriter({
    directory,
    worker: "w0",
    segmentBytes: 100_000,
    maxBytes: 10_000_000,
    clock: systemClock,
  });
}

const idsIn = (batch: IntakeBatch | null): string[] => batch?.items.map((item) => item.record.id) ?? [];

test("a worker that appends while its successor has begun loses nothing", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "journal");
  const [leaving, coming] = [writerFor(path), writerFor(path)];
  leaving.append(record(0), null);
  coming.append(record(1), null);
  const intake = openIntake(path);
  expect(idsIn(intake.read())).toEqual([sampleId(0), sampleId(1)]);
  leaving.append(record(2), null);
  intake.committed();
  expect(idsIn(intake.read())).toEqual([sampleId(2)]);
  intake.committed();
  expect(listSegments(path)).toHaveLength(1);
  leaving.append(record(3), null);
  expect(idsIn(intake.read())).toEqual([sampleId(3)]);
});

test("batches end at their bound and the next goes on; checkpoints lead there, too", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "journal");
  const writer = writerFor(path);
  for (let index = 0; index < 5; index += 1) writer.append(record(index), null);
  const intake = openIntake(path, new Map(), 2);
  const first = intake.read();
  expect(first).toMatchObject({ isFull: true });
  expect(idsIn(first)).toEqual([sampleId(0), sampleId(1)]);
  const [checkpoint] = first?.checkpoints ?? [];
  intake.committed();
  expect(idsIn(intake.read())).toEqual([sampleId(2), sampleId(3)]);
  const restarted = openIntake(path, new Map([[checkpoint?.segment as string, checkpoint?.offset as number]]), 10);
  expect(idsIn(restarted.read())).toEqual([sampleId(2), sampleId(3), sampleId(4)]);
  expect(restarted.queuedBytes()).toBe(0);
  expect(restarted.read()).toBeNull();
});
