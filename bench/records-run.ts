import { existsSync, readFileSync } from "node:fs";
import { withDigits } from "./figure-columns.ts";
import type { RunConditions } from "./machine.ts";

/** Figures of ledger, log store and charts over so many rows. */
export interface RecordsRun {
  readonly rows: number;
  readonly conditions: Pick<RunConditions, "date" | "commit" | "isClean" | "cpu">;
  /** What `bench/ledger.ts` prints. */
  readonly ledger: {
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
  };
  /** What `bench/analytics.ts` prints; null where charts were not measured. */
  readonly analytics: {
    readonly write: { readonly cpuUsPerRow: number };
    readonly charts: Readonly<Record<string, { readonly coldMs: number; readonly ms: number }>>;
  } | null;
}

/** Runs kept so far; empty when there are none. */
export function readRecordsRuns(path: string): readonly RecordsRun[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as RecordsRun[]) : [];
}

/** The runs with `added` in place of an earlier one over as many rows, fewest rows first. */
export function addRecordsRun(runs: readonly RecordsRun[], added: RecordsRun): readonly RecordsRun[] {
  return [...runs.filter(({ rows }) => rows !== added.rows), added].toSorted((left, right) => left.rows - right.rows);
}

/** The runs as a section of the report; empty when there are none. */
export function renderRecordsRuns(runs: readonly RecordsRun[]): string {
  if (runs.length === 0) return "";
  return [
    "## Records after the answer (`npm run bench -- records`)",
    "Generated logs of 30 days in the embedded database. “Append” is what a worker spends on a record with two bodies of 2 KB, “ledger” what the control process spends to move it into the store with its indexes, search text and roll-ups. Pages hold 50 logs, with their exact total unless marked; milliseconds as median of five and (first). Deletion goes on while batches of 200 come in. Peak memory is that of the one process which generates, writes, reads and deletes.",
    ...runs.map(renderRun),
  ].join("\n\n");
}

function renderRun({ rows, conditions, ledger, analytics }: RecordsRun): string {
  const { date, commit, isClean, cpu } = conditions;
  const pages = Object.entries(ledger.pages).map(([name, { firstMs, medianMs }]) => [
    `page: ${name}`,
    `${medianMs} ms (${firstMs})`,
  ]);
  const charts = Object.entries(analytics?.charts ?? {}).map(([name, { ms, coldMs }]) => [
    `chart: ${name}`,
    `${ms} ms (${coldMs})`,
  ]);
  const figures = [
    ["append, CPU per record", `${ledger.ledger.appendCpuUsPerRecord} µs`],
    ["ledger, CPU per record", `${ledger.ledger.cpuUsPerRecord} µs; ${ledger.ledger.recordsPerSecond} records/s`],
    ...(ledger.fill.cpuUsPerRow === null ? [] : [["store alone, CPU per row", `${ledger.fill.cpuUsPerRow} µs`]]),
    ...(analytics === null ? [] : [["roll-ups alone, CPU per row", `${analytics.write.cpuUsPerRow} µs`]]),
    ["deletion", deletionText(ledger.deletion)],
    ["database", `${withDigits(ledger.databaseBytes / 1e6, 3)} MB`],
    ["peak memory", `${ledger.peakRssMb} MB`],
  ];
  const body = [...figures, ...pages, ...charts].map((cells) => `| ${cells.join(" | ")} |`);
  const title = `### ${rows.toLocaleString("en-US")} rows`;
  const made = `${date}, ${commit ?? "no commit"}${isClean ? "" : " with uncommitted changes"}, ${cpu}`;
  return [title, made, ["|  |  |", "| --- | --- |", ...body].join("\n")].join("\n\n");
}

function deletionText({ deleted, ms, longestBatchMs }: RecordsRun["ledger"]["deletion"]): string {
  return `${deleted} rows in ${ms} ms; a batch coming in waited ${longestBatchMs} ms at most`;
}
