import { withDigits } from "./figure-columns.ts";
import type { Target } from "./target.ts";
import type { WorkloadName, WorkloadResult } from "./workload.ts";

/** Results of a run by workload; workloads that were not asked for are absent. */
export type RunResults = Readonly<Partial<Record<WorkloadName, WorkloadResult>>>;

/** How a goal came out. */
export interface GoalOutcome {
  readonly text: string;
  readonly measured: string;
  readonly verdict: "pass" | "falls short" | "not measured";
}

interface Goal {
  readonly text: string;
  /** The figure the bound is for; NaN or undefined when the run lacks what it takes. */
  measure(results: RunResults): number | undefined;
  readonly atMost?: number;
  readonly atLeast?: number;
  format(value: number): string;
}

const times = (value: number) => `${withDigits(value, 2)} ×`;
const megabytes = (value: number) => `${withDigits(value / 1e6, 1)} MB`;
const milliseconds = (value: number) => `${withDigits(value, 2)} ms`;
const percent = (value: number) => `${withDigits(value * 100, 1)} %`;

/** Growth of memory, as a share of its mean, up to which a line counts as flat: what garbage collection makes it wander. */
const flatShare = 0.05;

const goals: readonly Goal[] = [
  {
    text: "≤ 4 × nginx's CPU time per JSON request",
    measure: (results) => ratio(results, { workload: "json", figure: "cpuUsPerRequest", peer: "nginx" }),
    atMost: 4,
    format: times,
  },
  {
    text: "cache hit ≤ 3 × the CPU time of an empty Bun.serve",
    measure: (results) => ratio(results, { workload: "cache", figure: "cpuUsPerRequest", peer: "bun-serve" }),
    atMost: 3,
    format: times,
  },
  {
    text: "cache hit ≤ 0.5 × the CPU time of a miss",
    measure(results) {
      const [hit, miss] = (["cpuUsPerRequest", "missCpuUsPerRequest"] as const).map((figure) =>
        median(results, { workload: "cache", figure, target: "headgate" }),
      );
      return hit === undefined || miss === undefined ? undefined : hit / miss;
    },
    atMost: 0.5,
    format: times,
  },
  {
    text: "≤ 2 × nginx's CPU time per SSE chunk",
    measure: (results) => ratio(results, { workload: "stream", figure: "cpuUsPerChunk", peer: "nginx" }),
    atMost: 2,
    format: times,
  },
  {
    text: "≥ 10 × Portkey's throughput, JSON",
    measure: (results) => ratio(results, { workload: "json", figure: "requestsPerSecond", peer: "portkey" }),
    atLeast: 10,
    format: times,
  },
  {
    text: "≤ 120 MB per worker at 1,000 open streams",
    measure: (results) =>
      worstWhenReached(results, { workload: "memory", figure: "workerRssBytes", count: "openStreams", least: 1000 }),
    atMost: 120e6,
    format: megabytes,
  },
  {
    text: "≤ 40 MB more per worker at 1,000 idle WebSocket sessions",
    measure: (results) =>
      worstWhenReached(results, { workload: "sockets", figure: "socketsRssBytes", count: "openSockets", least: 1000 }),
    atMost: 40e6,
    format: megabytes,
  },
  {
    text: "memory at rest flat over 100,000 JSON requests (grows ≤ 5 %)",
    measure: (results) =>
      worstWhenReached(results, {
        workload: "soak",
        figure: "requestsGrowthShare",
        count: "soakedRequests",
        least: 100_000,
      }),
    atMost: flatShare,
    format: percent,
  },
  {
    text: "memory at rest flat over 10,000 aborted streams (grows ≤ 5 %)",
    measure: (results) =>
      worstWhenReached(results, {
        workload: "soak",
        figure: "abortsGrowthShare",
        count: "abortedStreams",
        least: 10_000,
      }),
    atMost: flatShare,
    format: percent,
  },
  {
    text: "three limits add < 15 µs of CPU time to a request",
    measure: (results) => median(results, { workload: "limits", figure: "limitsCpuUsAdded", target: "headgate" }),
    atMost: 15,
    format: (value) => `${withDigits(value, 1)} µs`,
  },
  {
    text: "everything on: ≤ 4 × nginx's CPU time per JSON request",
    measure: (results) =>
      ratio(results, { workload: "full", figure: "cpuUsPerRequest", own: "headgate-full", peer: "nginx" }),
    atMost: 4,
    format: times,
  },
  {
    text: "everything on: ≤ 2 × nginx's CPU time per SSE chunk",
    measure: (results) =>
      ratio(results, { workload: "full", figure: "cpuUsPerChunk", own: "headgate-full", peer: "nginx" }),
    atMost: 2,
    format: times,
  },
  {
    text: "everything on, at half of its peak: time to first byte, p50, < 0.5 ms more than without a gateway",
    measure: (results) =>
      median(results, { workload: "full", figure: "halfFirstByteP50MsAdded", target: "headgate-full" }),
    atMost: 0.5,
    format: milliseconds,
  },
  {
    text: "everything on, at half of its peak: time to first byte, p99, < 3 ms more than without a gateway",
    measure: (results) =>
      median(results, { workload: "full", figure: "halfFirstByteP99MsAdded", target: "headgate-full" }),
    atMost: 3,
    format: milliseconds,
  },
  {
    text: "≤ 600 MB in all processes together (PSS) at 10,000 open streams",
    measure: (results) =>
      worstWhenReached(results, {
        workload: "open-streams",
        figure: "allPssBytes",
        variant: "10,000 streams",
        count: "openStreams",
        least: 10_000,
      }),
    atMost: 600e6,
    format: megabytes,
  },
  {
    text: "two workers ≥ 1.8 × one's throughput",
    measure(results) {
      const [one, two] = (["headgate", "headgate-two"] as const).map((target) =>
        median(results, { workload: "workers", figure: "requestsPerSecond", target }),
      );
      return one === undefined || two === undefined ? undefined : two / one;
    },
    atLeast: 1.8,
    format: times,
  },
  {
    text: "second `npm start` answers within 1,000 ms",
    measure: (results) => median(results, { workload: "start", figure: "npmStartMs", target: "headgate" }),
    atMost: 1000,
    format: (value) => `${withDigits(value, 0)} ms`,
  },
];

/** Holds the results against every goal, medians over the rounds; memory by its worst round. */
export function judgeGoals(results: RunResults): GoalOutcome[] {
  return goals.map((goal) => {
    const value = goal.measure(results);
    if (value === undefined || Number.isNaN(value)) {
      return { text: goal.text, measured: "–", verdict: "not measured" };
    }
    const isMet = value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity);
    return { text: goal.text, measured: goal.format(value), verdict: isMet ? "pass" : "falls short" };
  });
}

interface Place {
  readonly workload: WorkloadName;
  readonly figure: string;
  readonly target: Target["name"];
  /** Of the row, where a target has several. */
  readonly variant?: string;
}

/** Median of one figure of one target; undefined when it was not measured. */
export function median(results: RunResults, place: Place): number | undefined {
  return spreadAt(results, place)?.median;
}

interface RatioPlace extends Omit<Place, "target"> {
  /** This gateway unless told which of its targets. */
  readonly own?: Target["name"];
  readonly peer: Target["name"];
}

function ratio(results: RunResults, { peer, own: target = "headgate", ...place }: RatioPlace) {
  const own = median(results, { ...place, target });
  const other = median(results, { ...place, target: peer });
  return own === undefined || other === undefined ? undefined : own / other;
}

interface WorstPlace extends Omit<Place, "target"> {
  /** Figure that says how much was done, and how much of it the goal speaks of. */
  readonly count: string;
  readonly least: number;
}

/** Worst round of a figure of this gateway; undefined when a round did less than the goal asks for. */
function worstWhenReached(results: RunResults, { count, least, ...place }: WorstPlace): number | undefined {
  const reached = spreadAt(results, { ...place, figure: count, target: "headgate" });
  if (reached === undefined || reached.min < least) return undefined;
  return spreadAt(results, { ...place, target: "headgate" })?.max;
}

function spreadAt(results: RunResults, { workload, figure, target, variant }: Place) {
  return results[workload]?.rows.find((row) => row.target === target && row.variant === variant)?.figures[figure];
}
