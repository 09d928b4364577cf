import { join } from "node:path";
import { parseArgs } from "node:util";
import { runConditions } from "./machine.ts";
import { addRecordsRun, readRecordsRuns, type RecordsRun } from "./records-run.ts";

// Measures what happens to records after they were written down, and keeps the figures for the next report:
//   npm run bench -- records [--rows 1000000] [--ledger-directory where]
// A ledger directory from an earlier run with as many rows is asked again instead of being filled, and charts are left out.

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, "ledger-directory": { type: "string" } },
});
const ledgerDirectory = values["ledger-directory"];

const projectRoot = join(import.meta.dir, "..");
const path = join(import.meta.dir, "RECORDS.json");
const conditions = runConditions(projectRoot);
const place = ledgerDirectory === undefined ? [] : ["--directory", ledgerDirectory];
const ledger = await run("ledger.ts", place);
const analytics = ledgerDirectory === undefined ? await run("analytics.ts", []) : null;
const measured = { rows: Number(values.rows), conditions, ledger, analytics } as RecordsRun;
await Bun.write(path, `${JSON.stringify(addRecordsRun(readRecordsRuns(path), measured), null, 2)}\n`);
console.log(`written: ${path}`);

/** The figures a script prints. */
async function run(script: string, more: readonly string[]): Promise<unknown> {
  const command = [process.execPath, join(import.meta.dir, script), "--rows", values.rows, ...more];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const printed = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`bench/${script} failed`);
  return JSON.parse(printed);
}
