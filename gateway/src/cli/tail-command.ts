import { existsSync } from "node:fs";
import { type ArgsDef, defineCommand } from "citty";
import { followJournal } from "../journal/follow-journal.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import { journalDirectory } from "../supervisor/journal-directory.ts";
import { formatRecord } from "./format-record.ts";
import { openOutput } from "./output.ts";
import { recordFilter, type RecordFilterOptions } from "./record-filter.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const options = {
  json: { type: "boolean", description: "Print records as JSON, one a line." },
  "since-start": { type: "boolean", description: "Begin with the oldest record kept instead of the next one." },
  provider: { type: "string", valueHint: "slug,...", description: "Only these providers." },
  status: { type: "string", valueHint: "429,5xx", description: "Only these statuses or classes of statuses." },
  failed: { type: "boolean", description: "Only what did not succeed." },
  limit: { type: "string", alias: "n", valueHint: "count", description: "End after so many records." },
} as const satisfies ArgsDef;

/** `headgate tail` */
export const tailCommand = defineCommand({
  meta: { name: "tail", description: "Print exchange records as they come." },
  args: options,
  async run({ args }) {
    rejectUnknownArguments(args, options);
    const limit = parseLimit(args.limit);
    const isWanted = recordFilter(args as RecordFilterOptions);
    const { loadOwnConfig } = await import("./load-own-config.ts");
    const { config } = loadOwnConfig();
    const directory = journalDirectory(config);
    if (!existsSync(directory)) {
      throw new StartError(
        `There is no journal in ${config.dataDirectory}. A gateway makes one when it serves there; if yours keeps its data ` +
          "elsewhere, set HEADGATE_DATA to its data directory.",
        exitStatus.noInput,
      );
    }
    await printRecords({
      directory,
      limit,
      isWanted,
      isJson: args.json === true,
      isFromStart: args["since-start"] === true,
    });
  },
});

interface PrintOptions {
  readonly directory: string;
  readonly limit: number;
  readonly isWanted: ReturnType<typeof recordFilter>;
  readonly isJson: boolean;
  readonly isFromStart: boolean;
}

/** Settles when the limit is reached, at SIGINT or SIGTERM, and when the reader of stdout is gone. */
async function printRecords({ directory, limit, isWanted, isJson, isFromStart }: PrintOptions): Promise<void> {
  const { signal, print } = openOutput();
  let remaining = limit;
  for await (const entry of followJournal({ directory, from: isFromStart ? "start" : "now", signal })) {
    if (entry.type === "fault") {
      process.stderr.write(`${entry.segment}: ${entry.reason} at byte ${entry.offset}\n`);
      continue;
    }
    if (!isWanted(entry.record)) continue;
    await print(`${isJson ? JSON.stringify(entry.record) : formatRecord(entry.record)}\n`);
    remaining -= 1;
    if (remaining === 0) return;
  }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new UsageError(`--limit takes a number from 1 on, got ${JSON.stringify(text)}`);
  return Number(text);
}
