import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { openJournalWriter } from "../../src/journal/journal-writer.ts";
import { readJournalRecords } from "./read-journal.ts";
import { sampleRecord } from "./sample-record.ts";

// Appends to a journal in the directory given as argument, whose space is limited from outside, until records are lost; makes
// room; appends again. Prints as JSON what was acknowledged and what the journal holds.
const directory = process.argv[2] as string;
const recordCount = Number(process.argv[3]);
const filler = join(directory, "filler");
writeFileSync(filler, Buffer.alloc(16_384));
const journal = openJournalWriter({
  directory: join(directory, "journal"),
  worker: "w0",
  segmentBytes: 1_000_000,
  maxBytes: 1_000_000_000,
  clock: systemClock,
});
const acknowledged: string[] = [];
let next = 0;
const appendMany = (count: number): void => {
  for (let index = 0; index < count; index += 1) {
    const droppedBefore = journal.droppedRecords;
    const id = `id-${(next += 1)}`;
    journal.append(sampleRecord({ id }), null);
    if (journal.droppedRecords === droppedBefore) acknowledged.push(id);
  }
};
appendMany(recordCount);
const droppedWhenFull = journal.droppedRecords;
rmSync(filler);
appendMany(10);
console.log(
  JSON.stringify({
    acknowledged,
    kept: readJournalRecords(join(directory, "journal")).map((record) => record.id),
    droppedWhenFull,
    droppedInAll: journal.droppedRecords,
    appended: next,
  }),
);
