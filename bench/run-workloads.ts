import type { RunResults } from "./goals.ts";
import { renderWorkload } from "./report.ts";
import type { Target } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";

/** Makes the targets ready. @returns those that can take part, and a note for each that cannot. */
export async function prepareTargets(context: Bench["context"], wanted: readonly Target[]) {
  const targets: Target[] = [];
  const notes: string[] = [];
  for (const target of wanted) {
    const reason = await target.prepare(context);
    if (reason === null) targets.push(target);
    else notes.push(`${target.name} took no part: ${reason}`);
  }
  for (const note of notes) context.say(note);
  return { targets, notes };
}

/**
 * Runs the workloads one after the other and tells the figures of each as soon as they are there.
 * One that fails has a note in the place of figures; the others go on.
 */
export async function runWorkloads(bench: Bench, workloads: readonly Workload[]): Promise<RunResults> {
  const results: Record<string, RunResults[Workload["name"]]> = {};
  for (const workload of workloads) {
    bench.context.say(`running ${workload.name} …`);
    const result = await workload.run(bench).catch((error: unknown) => ({
      rows: [],
      notes: [`failed: ${error instanceof Error ? error.message : String(error)}`],
    }));
    results[workload.name] = result;
    bench.context.say(`\n${renderWorkload(workload, { result, scale: bench.scale })}\n`);
  }
  return results as RunResults;
}
