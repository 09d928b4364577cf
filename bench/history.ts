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
  "npm start ms": { workload: "start", figure: "npmStartMs", target: "headgate" },
} as const;

/** Names of the headline figures, in the order of their columns. */
export const headlineNames = Object.keys(headlines);

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
