import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readDropBoards } from "../journal/published-drops.ts";
import { listSegments } from "../journal/segment-names.ts";
import { dropBoardDirectory, journalDirectory } from "../supervisor/journal-directory.ts";
import { bytesText, type DoctorContext, type Finding, ok, warning } from "./finding.ts";

/** The journal: what waits in it, what it could not take, what of it could not be read. */
export function checkJournal({ config }: DoctorContext): Finding[] {
  const directory = journalDirectory(config);
  if (!existsSync(directory)) return [ok("the journal is made at the first start")];
  const segments = listSegments(directory);
  const sizeBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  const { records, bodies } = readDropBoards(dropBoardDirectory(config));
  const quarantine = join(directory, "quarantine");
  const setAside = existsSync(quarantine) ? readdirSync(quarantine).length : 0;
  const isFull = sizeBytes > config.journal.max_bytes * 0.75;
  const told = `the journal has ${segments.length} segments, ${bytesText(sizeBytes)} of ${bytesText(config.journal.max_bytes)}`;
  return [
    isFull
      ? warning(
          `${told}: bodies are left out, then the oldest records go`,
          "See why the log store does not take them in, or raise journal.max_bytes.",
        )
      : ok(told),
    ...(records + bodies === 0
      ? []
      : [
          warning(
            `workers could not write down ${records} records and ${bodies} bodies`,
            "The disk was full or did not answer; analytics lack these requests.",
          ),
        ]),
    ...(setAside === 0
      ? []
      : [
          warning(
            `${setAside} damaged parts of the journal lie in ${quarantine}`,
            "Look at them (docs/reference/journal-format.md), then remove them.",
          ),
        ]),
  ];
}
