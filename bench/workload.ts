import type { BenchContext } from "./bench-context.ts";
import { spreadOver } from "./figures.ts";
import type { Figures, SpreadFigures } from "./figures.ts";
import { cpuSecondsOf } from "./process-table.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget, Target } from "./target.ts";

/** Names of the workloads, as `--only` takes them. */
export const workloadNames = [
  "json",
  "cache",
  "stream",
  "large",
  "memory",
  "sockets",
  "soak",
  "overhead",
  "start",
  "full",
  "open-streams",
  "bodies",
  "limits",
  "workers",
] as const;

/** Name of one workload. */
export type WorkloadName = (typeof workloadNames)[number];

/** One kind of work that is measured. */
export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  /** What is sent and what is measured, for the report. */
  describe(scale: RunScale): string;
  run(bench: Bench): Promise<WorkloadResult>;
}

/** What a workload works with. */
export interface Bench {
  readonly context: BenchContext;
  readonly scale: RunScale;
  /** Those that can take part, in the order of their turns. */
  readonly targets: readonly Target[];
}

/** What a workload measured. */
export interface WorkloadResult {
  readonly rows: readonly ResultRow[];
  /** What the reader of the figures has to know. */
  readonly notes: readonly string[];
}

/** The figures of one target. */
export interface ResultRow {
  readonly target: Target["name"];
  /** Which of several measurements of this target, such as `10 MB`; absent where there is one. */
  readonly variant?: string;
  readonly figures: SpreadFigures;
}

/** Measures one target in one round. */
export type Measure = (running: RunningTarget, round: number) => Promise<Figures>;

/** Rounds by target, before they are drawn together. */
export interface MeasuredRounds {
  readonly byTarget: ReadonlyMap<Target["name"], readonly Figures[]>;
  readonly notes: readonly string[];
}

/** Quiet between two turns, in which dropped connections are cleared away. */
const settleMs = 300;

/**
 * Starts all targets afresh, gives each its turn in every round (A B C A B C …), and stops them.
 * A target that fails is left out from then on, and a note says why; what it measured before is kept.
 */
export async function measureRounds(bench: Bench, measure: Measure): Promise<MeasuredRounds> {
  const notes: string[] = [];
  const byTarget = new Map<Target["name"], Figures[]>();
  const running = new Set<RunningTarget>();
  const leaveOut = (name: Target["name"], error: unknown) => {
    notes.push(`${name} was left out: ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    for (const target of bench.targets) {
      await target.start(bench.context).then(
        (started) => running.add(started),
        (error: unknown) => leaveOut(target.name, error),
      );
    }
    for (let round = 0; round < bench.scale.rounds; round++) {
      for (const target of running) {
        try {
          const figures = await measure(target, round);
          byTarget.set(target.name, [...(byTarget.get(target.name) ?? []), figures]);
        } catch (error) {
          leaveOut(target.name, error);
          running.delete(target);
          await target.stop();
        }
        await Bun.sleep(settleMs);
      }
    }
  } finally {
    await Promise.all([...running].map((target) => target.stop()));
  }
  return { byTarget, notes };
}

/** Draws the rounds of each target together. */
export function resultOf(rounds: MeasuredRounds, moreNotes: readonly string[] = []): WorkloadResult {
  const rows = [...rounds.byTarget].map(([target, figures]) => ({ target, figures: spreadOver(figures) }));
  return { rows, notes: [...rounds.notes, ...moreNotes] };
}

/** CPU time that a target's processes took during some work, in microseconds. */
export interface CpuUse {
  readonly workerUs: number;
  readonly restUs: number;
  /** Share of one core that the workers were busy for. */
  readonly workerShare: number;
}

/** Does some work and tells what CPU time the target took meanwhile. */
export async function withCpuUse<Outcome>(target: RunningTarget, work: () => Promise<Outcome>) {
  const before = {
    worker: cpuSecondsOf(target.workerIds),
    rest: cpuSecondsOf(target.restIds),
    atMs: performance.now(),
  };
  const outcome = await work();
  const tookMs = performance.now() - before.atMs;
  const workerUs = (cpuSecondsOf(target.workerIds) - before.worker) * 1e6;
  const restUs = (cpuSecondsOf(target.restIds) - before.rest) * 1e6;
  const cpu: CpuUse = { workerUs, restUs, workerShare: workerUs / 1000 / tookMs };
  return { outcome, cpu };
}
