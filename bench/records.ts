import { join } from "node:path";
import { parseArgs } from "node:util";
import { runConditions } from "./machine.ts";
import { addRecordsRun, readRecordsRuns, type RecordsRun, withRecordsSection } from "./records-run.ts";

// Measures what happens to records after they were written down, and puts the figures into the report:
//   npm run bench -- records [--rows 1000000] [--ledger-directory where] [--only ledger,analytics,beside,dashboard]
// A ledger directory from an earlier run with as many rows is asked again instead of being filled. Figures of what is left out
// stay as they were.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    "ledger-directory": { type: "string" },
    only: { type: "string" },
  },
});

const projectRoot = join(import.meta.dir, "..");
const path = join(import.meta.dir, "RECORDS.json");
const rows = Number(values.rows);
const parts = values.only?.split(",") ?? ["ledger", "analytics", "beside", "dashboard"];
const conditions = runConditions(projectRoot);
const place = values["ledger-directory"] === undefined ? [] : ["--directory", values["ledger-directory"]];
const kept = readRecordsRuns(path);
const before = kept.find((each) => each.rows === rows);
const ledger = parts.includes("ledger") ? { ...(await run("ledger.ts", place)), conditions } : before?.ledger;
const analytics = parts.includes("analytics") ? { ...(await run("analytics.ts", [])), conditions } : before?.analytics;
const beside = parts.includes("beside") ? { ...(await run("beside.ts", [])), conditions } : before?.beside;
const dashboard = parts.includes("dashboard") ? { ...(await run("dashboard.ts", [])), conditions } : before?.dashboard;
const runs = addRecordsRun(kept, { rows, ledger, analytics, beside, dashboard } as RecordsRun);
await Bun.write(path, `${JSON.stringify(runs, null, 2)}\n`);
const report = join(import.meta.dir, "RESULTS.md");
await Bun.write(report, withRecordsSection(await Bun.file(report).text(), runs));
console.log(`written: ${path} and ${report}`);

/** The figures a script prints. */
async function run(script: string, more: readonly string[]): Promise<object> {
  const command = [process.execPath, join(import.meta.dir, script), "--rows", values.rows, ...more];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
  const printed = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`bench/${script} failed`);
  return JSON.parse(printed) as object;
}
