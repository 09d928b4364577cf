import { parseArgs } from "node:util";
import { workloadNames } from "./workload.ts";
import type { WorkloadName } from "./workload.ts";

/** What the command line asks for. */
export interface BenchOptions {
  readonly only: readonly WorkloadName[];
  readonly quick: boolean;
  readonly profile: boolean;
  /** Write `bench/RESULTS.md` and the history even though the run is not a full one. */
  readonly write: boolean;
}

/** Told by `--help` and after a wrong option. */
export const usage = `npm run bench -- [options]

  --quick             three minutes instead of twelve; rougher figures
  --only json,stream  only these workloads: ${workloadNames.join(", ")}
  --profile           this gateway alone, in one process, under Bun's CPU profiler; json and stream unless --only says else, such as full
  --write             write bench/RESULTS.md and bench/RESULTS.json after a quick or partial run too
  --help              this text

Only a full run writes bench/RESULTS.md; others write .headgate/bench/RESULTS.md.`;

/** Reads the command line. Throws an error whose message says what is wrong; null when only help is asked for. */
export function parseOptions(commandLine: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const standard: readonly WorkloadName[] = values.profile ? ["json", "stream"] : workloadNames;
  const only = values.only === undefined ? standard : values.only.split(",").map(workloadNamed);
  return { only, quick: values.quick, profile: values.profile, write: values.write };
}

/** Whether the figures of a run may go into the project's RESULTS.md. */
export function isFullRun({ only, quick, profile }: BenchOptions): boolean {
  return !quick && !profile && workloadNames.every((name) => only.includes(name));
}

function workloadNamed(name: string): WorkloadName {
  const found = workloadNames.find((known) => known === name);
  if (found === undefined) throw new Error(`--only: "${name}" is none of ${workloadNames.join(", ")}`);
  return found;
}
