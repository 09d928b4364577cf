import { figureColumns, withDigits } from "./figure-columns.ts";
import type { Spread } from "./figures.ts";
import { judgeGoals } from "./goals.ts";
import type { RunResults } from "./goals.ts";
import { headlineNames, headlineOf } from "./history.ts";
import type { HistoryEntry } from "./history.ts";
import type { RunConditions } from "./machine.ts";
import { renderRecordsRuns, type RecordsRun } from "./records-run.ts";
import { renderSemanticRun, type SemanticRun } from "./semantic-run.ts";
import type { RunScale } from "./scale.ts";
import { renderSoakRuns, type SoakRun } from "./soak-run.ts";
import type { Target } from "./target.ts";
import type { Workload, WorkloadResult } from "./workload.ts";

/** Everything a report tells. */
export interface Report {
  readonly conditions: RunConditions;
  readonly scale: RunScale;
  /** In the order they were run. */
  readonly workloads: readonly Workload[];
  readonly results: RunResults;
  /** What concerns the whole run: who took no part and why, what was not pinned. */
  readonly notes: readonly string[];
  /** Runs to list, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Kept runs of `bench/records.ts`. */
  readonly records: readonly RecordsRun[];
  /** The kept run of `bench/semantic.ts`; null for none. */
  readonly semantic: SemanticRun | null;
  /** Kept runs of the soak, oldest first. */
  readonly soaks: readonly SoakRun[];
}

const titles: Readonly<Record<Target["name"], string>> = {
  "bun-serve": "empty Bun.serve",
  headgate: "**Headgate**",
  "headgate-full": "**Headgate**, everything on",
  "headgate-two": "**Headgate**, two workers",
  nginx: "nginx `proxy_pass`",
  portkey: "Portkey's gateway",
  direct: "no gateway",
};

/** The whole report as Markdown. */
export function renderReport(report: Report): string {
  const sections = report.workloads.map((workload) => {
    const result = report.results[workload.name];
    return result === undefined ? "" : renderWorkload(workload, { result, scale: report.scale });
  });
  return [
    "# Benchmark results",
    "Written by `npm run bench`; edit the harness, not this file.",
    renderConditions(report),
    renderGoals(report.results),
    ...[
      ...sections,
      renderRecordsRuns(report.records),
      renderSemanticRun(report.semantic),
      renderSoakRuns(report.soaks),
    ].filter((section) => section !== ""),
    renderHistory(report.history),
  ]
    .join("\n\n")
    .concat("\n");
}

/** One workload's title, method, figures and notes. */
export function renderWorkload(
  workload: Workload,
  { result, scale }: { readonly result: WorkloadResult; readonly scale: RunScale },
): string {
  const names = new Set(result.rows.flatMap((row) => Object.keys(row.figures)));
  const columns = Object.entries(figureColumns).filter(([name]) => names.has(name));
  const rows = result.rows.map((row) => [
    row.variant === undefined ? titles[row.target] : `${titles[row.target]}, ${row.variant}`,
    ...columns.map(([name, { format }]) => renderSpread(row.figures[name], format)),
  ]);
  const parts = [`## ${workload.title} (\`${workload.name}\`)`, workload.describe(scale)];
  if (rows.length > 0) parts.push(table(["", ...columns.map(([, { label }]) => label)], rows));
  if (result.notes.length > 0) parts.push(result.notes.map((note) => `- ${note}`).join("\n"));
  return parts.join("\n\n");
}

/** The goals with what was measured and how it came out. */
export function renderGoals(results: RunResults): string {
  const rows = judgeGoals(results).map(({ text, measured, verdict }) => [text, measured, `**${verdict}**`]);
  return `## Goals\n\n${table(["goal", "measured", ""], rows)}`;
}

function renderSpread(spread: Spread | undefined, format: (value: number) => string): string {
  if (spread === undefined) return "–";
  const middle = format(spread.median);
  const [least, greatest] = [format(spread.min), format(spread.max)];
  return least === greatest ? middle : `${middle} (${least}–${greatest})`;
}

function renderConditions({ conditions, scale, notes }: Report): string {
  const { cpu, cores, memoryGiB, kernel, versions, loadBefore } = conditions;
  const rows = [
    ["date", conditions.date],
    [
      "commit",
      `${conditions.commit ?? "none yet"}${conditions.isClean ? ", clean tree" : ", with uncommitted changes"}`,
    ],
    [
      "machine",
      `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}; load average before the run ${withDigits(loadBefore, 2)}`,
    ],
    ...Object.entries(versions),
  ];
  const method = [
    `Median and (least–greatest) of ${scale.rounds} rounds; in each round every gateway has its turn, and each workload starts all of them afresh.`,
    "CPU time is user and system time of the processes that relay requests, all threads included, from `/proc`; what their masters, supervisors and control processes take is shown apart.",
    "The gateway runs on one core, upstream and load generator share another; all talk over loopback without TLS.",
    "Headgate has one worker and **writes its record of every exchange**; nginx logs nothing; Portkey's gateway runs as it comes.",
    "Where “core busy” is well below 100 % in a closed loop, the load generator was the limit and the throughput is a lower bound.",
  ];
  return [table(["", ""], rows), [...method, ...notes].map((line) => `- ${line}`).join("\n")].join("\n\n");
}

function renderHistory(history: readonly HistoryEntry[]): string {
  const rows = history.map((entry) => [
    entry.date,
    `${entry.commit ?? "–"}${entry.isClean ? "" : " +"}`,
    ...headlineNames.map((name) => {
      const value = headlineOf(entry, name);
      return value === undefined ? "–" : withDigits(value, value < 10 ? 2 : value < 100 ? 1 : 0);
    }),
  ]);
  return `## History\n\nBy commit; ratios first, of CPU time, and of throughput for Portkey. A + marks uncommitted changes. Compare only runs of the same machine.\n\n${table(["date", "commit", ...headlineNames], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
