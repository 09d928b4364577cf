import { existsSync, readFileSync } from "node:fs";
import { withDigits } from "./figure-columns.ts";
import type { RunConditions } from "./machine.ts";
import { withSection } from "./report-section.ts";

/** When and on what a part was measured. */
export type PartConditions = Pick<RunConditions, "date" | "commit" | "isClean" | "cpu">;

/** Figures over so many rows; a part that was not measured is absent. */
export interface RecordsRun {
  readonly rows: number;
  readonly ledger?: LedgerFigures & { readonly conditions: PartConditions };
  readonly analytics?: AnalyticsFigures & { readonly conditions: PartConditions };
  readonly beside?: BesideFigures & { readonly conditions: PartConditions };
  readonly dashboard?: DashboardFigures & { readonly conditions: PartConditions };
}

/** What `bench/ledger.ts` prints. */
export interface LedgerFigures {
  readonly fill: { readonly cpuUsPerRow: number | null };
  readonly ledger: {
    readonly appendCpuUsPerRecord: number;
    readonly cpuUsPerRecord: number;
    readonly recordsPerSecond: number;
  };
  readonly pages: Readonly<Record<string, { readonly firstMs: number; readonly medianMs: number }>>;
  readonly deletion: { readonly deleted: number; readonly ms: number; readonly longestBatchMs: number };
  readonly databaseBytes: number;
  readonly peakRssMb: number;
}

/** What `bench/analytics.ts` prints. */
export interface AnalyticsFigures {
  readonly write: { readonly cpuUsPerRow: number };
  readonly charts: Readonly<Record<string, { readonly coldMs: number; readonly ms: number }>>;
}

/** What `bench/beside.ts` prints. */
export interface BesideFigures {
  readonly requestsPerSecond: number;
  readonly ingesting: { readonly with: Percentiles; readonly without: Percentiles };
  readonly backlog: {
    readonly records: number;
    readonly seconds: number;
    readonly requestsPerSecond: number;
    readonly while: Percentiles;
    readonly after: Percentiles;
  };
}

/** What `bench/dashboard.ts` prints. */
export interface DashboardFigures {
  /** Milliseconds by what was looked at. */
  readonly middleMs: Readonly<Record<string, number>>;
}

/** Of the time to the end of an answer. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs kept so far; empty when there are none. */
export function readRecordsRuns(path: string): readonly RecordsRun[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as RecordsRun[]) : [];
}

/** The runs with `added` in place of an earlier one over as many rows, fewest rows first. */
export function addRecordsRun(runs: readonly RecordsRun[], added: RecordsRun): readonly RecordsRun[] {
  return [...runs.filter(({ rows }) => rows !== added.rows), added].toSorted((left, right) => left.rows - right.rows);
}

const heading = "## Records after the answer (`npm run bench -- records`)";

/** The runs as a section of the report; empty when there are none. */
export function renderRecordsRuns(runs: readonly RecordsRun[]): string {
  if (runs.length === 0) return "";
  return [
    heading,
    "Generated logs of 30 days in the embedded database. “Append” is what a worker spends on a record with two bodies of 2 KB, “ledger” what the control process spends to move it into the store with its indexes, search text and roll-ups. Pages hold 50 logs; milliseconds as median of five and (first). In a browser it is counted from the beginning of the navigation, or the click, until what was asked for can be used. Deletion goes on while batches of 200 come in. Peak memory is that of the one process which generates, writes, reads and deletes.",
    ...runs.flatMap(renderRun),
  ].join("\n\n");
}

/** A report with its section on records as the runs have it by now, before the history. */
export function withRecordsSection(report: string, runs: readonly RecordsRun[]): string {
  return withSection(report, { heading, text: renderRecordsRuns(runs) });
}

function renderRun({ rows, ledger, analytics, beside, dashboard }: RecordsRun): string[] {
  return [
    `### ${rows.toLocaleString("en-US")} rows`,
    ...(ledger === undefined ? [] : part(ledger.conditions, ledgerRows(ledger))),
    ...(analytics === undefined ? [] : part(analytics.conditions, analyticsRows(analytics))),
    ...(beside === undefined ? [] : part(beside.conditions, besideRows(beside))),
    ...(dashboard === undefined ? [] : part(dashboard.conditions, dashboardRows(dashboard))),
  ];
}

function part({ date, commit, isClean, cpu }: PartConditions, rows: readonly string[][]): string[] {
  const made = `${date}, ${commit ?? "no commit"}${isClean ? "" : " with uncommitted changes"}, ${cpu}:`;
  return [made, ["|  |  |", "| --- | --- |", ...rows.map((cells) => `| ${cells.join(" | ")} |`)].join("\n")];
}

function ledgerRows({ ledger, fill, deletion, databaseBytes, peakRssMb, pages }: LedgerFigures): string[][] {
  const { deleted, ms, longestBatchMs } = deletion;
  return [
    ["append, CPU per record", `${ledger.appendCpuUsPerRecord} µs`],
    ["ledger, CPU per record", `${ledger.cpuUsPerRecord} µs; ${ledger.recordsPerSecond} records/s`],
    ...(fill.cpuUsPerRow === null ? [] : [["store alone, CPU per row", `${fill.cpuUsPerRow} µs`]]),
    ["deletion", `${deleted} rows in ${ms} ms; a batch coming in waited ${longestBatchMs} ms at most`],
    ["database", `${withDigits(databaseBytes / 1e6, 3)} MB`],
    ["peak memory", `${peakRssMb} MB`],
    ...Object.entries(pages).map(([name, { firstMs, medianMs }]) => [`page: ${name}`, `${medianMs} ms (${firstMs})`]),
  ];
}

function analyticsRows({ write, charts }: AnalyticsFigures): string[][] {
  return [
    ["roll-ups, CPU per row", `${write.cpuUsPerRow} µs`],
    ...Object.entries(charts).map(([name, { ms, coldMs }]) => [`chart: ${name}`, `${ms} ms (${coldMs})`]),
  ];
}

/** `overviewOfADay` is shown as "overview of a day". */
function dashboardRows({ middleMs }: DashboardFigures): string[][] {
  return Object.entries(middleMs).map(([name, ms]) => [
    `in a browser: ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
    `${ms} ms`,
  ]);
}

function besideRows({ requestsPerSecond, ingesting, backlog }: BesideFigures): string[][] {
  const told = ({ p50Ms, p99Ms }: Percentiles): string => `p50 ${p50Ms} ms, p99 ${p99Ms} ms`;
  const load = `${requestsPerSecond} requests/s, worker and control on the same cores as load and upstream`;
  const late = `${backlog.requestsPerSecond} requests/s`;
  return [
    [`${load}: records taken in as they come`, told(ingesting.with)],
    ["the same with the control process stopped", told(ingesting.without)],
    [`backlog of ${backlog.records} records, drained beside ${late}`, `${backlog.seconds} s; ${told(backlog.while)}`],
    [`${late} afterwards`, told(backlog.after)],
  ];
}
