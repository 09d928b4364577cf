import { writeSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { newId } from "../../src/core/ids.ts";
import { openJournalWriter } from "../../src/journal/journal-writer.ts";
import { sampleRecord } from "./sample-record.ts";

// Appends records with bodies to the journal of the data directory given as argument, under the worker name given second, until it
// is killed or, given third, so many are written. Acknowledges each with a line on stdout: id and cost in nano-USD.
const [, , directory, worker, count] = process.argv as unknown as [string, string, string, string, string | undefined];
const journal = openJournalWriter({
  directory: join(directory, "journal"),
  worker,
  segmentBytes: 262_144,
  maxBytes: 1_000_000_000,
  clock: systemClock,
});
for (let index = 0; index < Number(count ?? Number.POSITIVE_INFINITY); index += 1) {
  const id = newId();
  const nanoUsd = 1000 + ((index * 7919) % 100_003);
  const cost = { state: "priced", nanoUsd, priceVersion: "v1" } as const;
  const text = JSON.stringify({ messages: [{ role: "user", content: `question ${index} ${"word ".repeat(300)}` }] });
  const body = { pieces: [Buffer.from(text)], isComplete: true, contentEncoding: null };
  const dropped = journal.droppedRecords;
  journal.append(sampleRecord({ id, eventId: id, createdAtMs: Date.now(), cost }), { request: body, response: body });
  if (journal.droppedRecords === dropped) writeSync(1, `${id} ${nanoUsd}\n`);
  if (index % 20 === 19) await Bun.sleep(5);
}
journal.close();
