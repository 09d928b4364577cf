import { join } from "node:path";
import { parseArgs } from "node:util";
import { runConditions } from "../../../bench/machine.ts";
import { withSection } from "../../../bench/report-section.ts";
import { addSoakRun, readSoakRuns, renderSoakRuns, soakHeading, type SoakRun } from "../../../bench/soak-run.ts";
import { findRecordings } from "../support/recordings.ts";
import { runSoak, type SoakResult } from "./run-soak.ts";

// `npm run bench -- soak [--minutes 20] [--clients 16] [--requests 500000] [--write]`: mixed traffic with disturbances, and what
// became of memory, descriptors and the ledger. So many requests are sent at most, about 9 KB on the disk each. Runs of ten minutes and more are written into bench/RESULTS.md, shorter ones with --write.
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    clients: { type: "string", default: "16" },
    requests: { type: "string", default: "500000" },
    write: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 1440))
  throw new Error(`--minutes: expected more than 0 and at most 1440, got ${values.minutes}`);
const mostRequests = Number(values.requests);
if (!(mostRequests > 0)) throw new Error(`--requests: expected more than 0, got ${values.requests}`);
const tellingMinutes = 10;
const bench = join(import.meta.dir, "../../../bench");
const { date, commit, isClean, cpu } = runConditions(join(bench, ".."));
const directory = findRecordings();
const result = await runSoak({
  durationMs: minutes * 60_000,
  roundMs: 10_000,
  restMs: 3000,
  clients: Number(values.clients),
  mostRequests,
  recordings: directory === null ? null : { directory },
  say: (text) => console.log(text),
});
const run = soakRun(result);
const text = renderSoakRuns([run]);
console.log(`\n${text}\n`);
for (const line of result.unexplained.slice(0, 20)) console.log(`unexplained: ${line}`);
if (values.write || minutes >= tellingMinutes) await write();
const { missing, twice, wrongCost, unknown } = run.ledger;
const isRight = run.unexplained + missing + twice + wrongCost + unknown === 0;
const isFlat = minutes < tellingMinutes || Object.values(run.growth).every((growth) => growth.isFlat);
if (isRight) console.log("nothing unexplained, ledger and account agree to the nano-dollar");
if (!isFlat) console.log("memory grows");
process.exit(isRight && isFlat ? 0 : 1);

function soakRun({ account, recorded, growth, kills, settingsChanges, ledger, unexplained }: SoakResult): SoakRun {
  return {
    conditions: { date, commit, isClean, cpu },
    minutes,
    recorded,
    requests: account.requests,
    whole: account.costs.size + account.untold.size,
    cutShort: account.unfinished.size,
    unanswered: account.unanswered,
    workersKilled: kills,
    settingsChanges,
    growth,
    unexplained: unexplained.length,
    ledger,
  };
}

async function write(): Promise<void> {
  const path = join(bench, "SOAK.json");
  const runs = addSoakRun(readSoakRuns(path), run);
  await Bun.write(path, `${JSON.stringify(runs, null, 2)}\n`);
  const report = Bun.file(join(bench, "RESULTS.md"));
  await report.write(withSection(await report.text(), { heading: soakHeading, text: renderSoakRuns(runs) }));
  console.log(`written: ${path} and bench/RESULTS.md`);
}
