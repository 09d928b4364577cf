import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { closeContext, openContext } from "./bench-context.ts";
import type { BenchContext } from "./bench-context.ts";
import { pinThisProcess, planCores } from "./cores.ts";
import { historyEntry, readHistory } from "./history.ts";
import { runConditions } from "./machine.ts";
import { isFullRun, parseOptions, usage } from "./options.ts";
import type { BenchOptions } from "./options.ts";
import { readRecordsRuns } from "./records-run.ts";
import { readSemanticRun } from "./semantic-run.ts";
import { withReadmeFigures } from "./readme-figures.ts";
import { renderGoals, renderReport } from "./report.ts";
import type { Report } from "./report.ts";
import { prepareTargets, runWorkloads } from "./run-workloads.ts";
import { fullScale, quickScale } from "./scale.ts";
import { readSoakRuns } from "./soak-run.ts";
import { killAll } from "./started-process.ts";
import { headgateTarget } from "./target-headgate.ts";
import { nginxTarget } from "./target-nginx.ts";
import { portkeyTarget } from "./target-portkey.ts";
import { bodiesWorkload } from "./workload-bodies.ts";
import { cacheWorkload } from "./workload-cache.ts";
import { fullWorkload } from "./workload-full.ts";
import { jsonWorkload } from "./workload-json.ts";
import { largeWorkload } from "./workload-large.ts";
import { limitsWorkload } from "./workload-limits.ts";
import { memoryWorkload } from "./workload-memory.ts";
import { openStreamsWorkload } from "./workload-open-streams.ts";
import { overheadWorkload } from "./workload-overhead.ts";
import { socketsWorkload } from "./workload-sockets.ts";
import { soakWorkload } from "./workload-soak.ts";
import { startWorkload } from "./workload-start.ts";
import { streamWorkload } from "./workload-stream.ts";
import { workersWorkload } from "./workload-workers.ts";

const allWorkloads = [
  jsonWorkload,
  cacheWorkload,
  streamWorkload,
  largeWorkload,
  memoryWorkload,
  socketsWorkload,
  soakWorkload,
  overheadWorkload,
  startWorkload,
  fullWorkload,
  openStreamsWorkload,
  bodiesWorkload,
  limitsWorkload,
  workersWorkload,
];

const projectRoot = join(import.meta.dir, "..");
const say = (text: string) => console.log(text);

/** Runs what the options ask for on an open context and writes the report. */
async function benchmark(context: BenchContext, options: BenchOptions, pinNote: string | null): Promise<void> {
  const wanted = options.profile ? [headgateTarget] : [headgateTarget, nginxTarget, portkeyTarget];
  const { targets, notes } = await prepareTargets(context, wanted);
  if (targets.length === 0) throw new Error(`there is nothing to measure: ${notes.join("; ")}`);
  const conditions = runConditions(projectRoot);
  const scale = options.quick ? quickScale : fullScale;
  const workloads = allWorkloads.filter(({ name }) => options.only.includes(name));
  const results = await runWorkloads({ context, scale, targets }, workloads);
  if (options.profile) {
    say(
      `CPU profiles: ${context.profileFolder}/*.cpuprofile, one a workload (open them in a browser's performance panel)`,
    );
    return;
  }
  say(`${renderGoals(results)}\n`);
  const allNotes = pinNote === null ? notes : [...notes, pinNote];
  await write({ conditions, scale, workloads, results, notes: allNotes }, options);
}

async function write(
  run: Omit<Report, "history" | "records" | "semantic" | "soaks">,
  options: BenchOptions,
): Promise<void> {
  const isKept = options.write || isFullRun(options);
  const folder = isKept ? import.meta.dir : join(projectRoot, ".headgate", "bench");
  mkdirSync(folder, { recursive: true });
  const entry = historyEntry(run.conditions, run.results);
  const history = [...readHistory(join(import.meta.dir, "RESULTS.json")), entry];
  const records = readRecordsRuns(join(import.meta.dir, "RECORDS.json"));
  const semantic = readSemanticRun(join(import.meta.dir, "SEMANTIC.json"));
  const soaks = readSoakRuns(join(import.meta.dir, "SOAK.json"));
  if (isKept) await Bun.write(join(folder, "RESULTS.json"), `${JSON.stringify(history, null, 2)}\n`);
  const report = renderReport({ ...run, history, records, semantic, soaks });
  await Bun.write(join(folder, "RESULTS.md"), report);
  const readmePath = join(projectRoot, "README.md");
  if (isKept) await Bun.write(readmePath, withReadmeFigures(await Bun.file(readmePath).text(), report));
  say(`written: ${join(folder, "RESULTS.md")}`);
}

/** The options, or the exit code when there is nothing to run. */
function readOptions(): BenchOptions | number {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== null) return options;
    say(usage);
    return 0;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "number") return options;
  const { reason, ...cores } = await planCores();
  pinThisProcess(cores);
  const profileFolder = options.profile ? join(projectRoot, ".headgate", "bench", "profiles") : null;
  const context = await openContext(cores, say, profileFolder);
  process.on("exit", () => killAll(context.ledger));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      say(`\n${signal}: stopping`);
      void closeContext(context).finally(() => process.exit(1));
    });
  }
  try {
    await benchmark(context, options, reason === null ? null : `Nothing was pinned to a core: ${reason}.`);
    return 0;
  } finally {
    await closeContext(context);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`);
  return 1;
});
