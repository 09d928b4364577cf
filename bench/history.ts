import { existsSync, readFileSync } from "node:fs";
import { median } from "./goals.ts";
import type { RunResults } from "./goals.ts";
import type { RunConditions } from "./machine.ts";

/** Headline figures of one run; absent where they were not measured. */
export interface HistoryEntry {
  readonly date: string;
  readonly commit: string | null;
  readonly isClean: boolean;
  readonly cpu: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** Headline figures and where they come from. */
const headlines = {
  "µs per request": { workload: "json", figure: "cpuUsPerRequest", target: "headgate" },
  "nginx's": { workload: "json", figure: "cpuUsPerRequest", target: "nginx" },
  "µs per chunk": { workload: "stream", figure: "cpuUsPerChunk", target: "headgate" },
  "nginx's per chunk": { workload: "stream", figure: "cpuUsPerChunk", target: "nginx" },
  "requests/s": { workload: "json", figure: "requestsPerSecond", target: "headgate" },
  "Portkey's": { workload: "json", figure: "requestsPerSecond", target: "portkey" },
  "1 MB bodies/s": { workload: "large", figure: "requestsPerSecond", target: "headgate" },
  "MB with open streams": { unit: 1e6, workload: "memory", figure: "workerRssBytes", target: "headgate" },
  "µs per hit": { workload: "cache", figure: "cpuUsPerRequest", target: "headgate" },
  "empty Bun.serve's": { workload: "cache", figure: "cpuUsPerRequest", target: "bun-serve" },
  "everything on, µs": { workload: "full", figure: "cpuUsPerRequest", target: "headgate-full" },
  "nginx's then": { workload: "full", figure: "cpuUsPerRequest", target: "nginx" },
  "everything on, µs per chunk": { workload: "full", figure: "cpuUsPerChunk", target: "headgate-full" },
  "nginx's per chunk then": { workload: "full", figure: "cpuUsPerChunk", target: "nginx" },
  "limits add µs": { workload: "limits", figure: "limitsCpuUsAdded", target: "headgate" },
  "MB in all, 10,000 streams": {
    unit: 1e6,
    workload: "open-streams",
    figure: "allPssBytes",
    target: "headgate",
    variant: "10,000 streams",
  },
  "npm start ms": { workload: "start", figure: "npmStartMs", target: "headgate" },
} as const;

type Headline = keyof typeof headlines;

/** One figure of a run over another. */
const headlineRatios: Readonly<Record<string, readonly [Headline, Headline]>> = {
  "× nginx": ["µs per request", "nginx's"],
  "× nginx, chunk": ["µs per chunk", "nginx's per chunk"],
  "× Portkey": ["requests/s", "Portkey's"],
  "hit × empty": ["µs per hit", "empty Bun.serve's"],
  "everything on × nginx": ["everything on, µs", "nginx's then"],
  "everything on × nginx, chunk": ["everything on, µs per chunk", "nginx's per chunk then"],
};

/** Titles of a run's ratios and figures in the table by commit, in the order of its columns; ratios first, since they hold over machines. */
export const headlineNames: readonly string[] = [...Object.keys(headlineRatios), ...Object.keys(headlines)];

/** A run's value in that column; undefined where it was not measured. */
export function headlineOf({ figures }: HistoryEntry, name: string): number | undefined {
  const ratio = headlineRatios[name];
  if (ratio === undefined) return figures[name];
  const [own, other] = ratio.map((figure) => figures[figure]);
  return own === undefined || other === undefined ? undefined : own / other;
}

/** The entry a run adds to the history. */
export function historyEntry(conditions: RunConditions, results: RunResults): HistoryEntry {
  const figures: Record<string, number> = {};
  for (const [name, place] of Object.entries(headlines)) {
    const value = median(results, place);
    if (value !== undefined) figures[name] = Number((value / ("unit" in place ? place.unit : 1)).toPrecision(4));
  }
  const { date, commit, isClean, cpu } = conditions;
  return { date, commit, isClean, cpu, figures };
}

/** Earlier runs, oldest first; empty when there is no history yet. Throws when the file is not what this module writes. */
export function readHistory(path: string): HistoryEntry[] {
  if (!existsSync(path)) return [];
  const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(parsed)) throw new Error(`${path} does not hold a list of runs`);
  return parsed as HistoryEntry[];
}
