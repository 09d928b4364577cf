import { writeSync } from "node:fs";
import { systemClock } from "../../src/core/clock.ts";
import { openJournalWriter } from "../../src/journal/journal-writer.ts";
import { sampleRecord } from "./sample-record.ts";

// Appends to the journal directory given as argument until it is killed, and acknowledges each record with a line on stdout.
const directory = process.argv[2] as string;
const journal = openJournalWriter({
  directory,
  worker: "w0",
  segmentBytes: 65_536,
  maxBytes: 1_000_000_000,
  clock: systemClock,
});
for (let index = 0; ; index += 1) {
  journal.append(sampleRecord({ id: `id-${index}` }), null);
  writeSync(1, `id-${index}\n`);
}
