import { existsSync, readFileSync } from "node:fs";
import { withDigits } from "./figure-columns.ts";
import type { PartConditions } from "./records-run.ts";

/** Memory and descriptors of one process at rest, over a soak, the first third left out as warming up. */
export interface SoakGrowth {
  readonly firstBytes: number;
  readonly lastBytes: number;
  /** Of the least-squares line, and its standard error. */
  readonly bytesPerMinute: number;
  readonly errorBytesPerMinute: number;
  readonly isFlat: boolean;
  readonly firstDescriptors: number;
  readonly lastDescriptors: number;
}

/** What `npm run bench -- soak` came to. */
export interface SoakRun {
  readonly conditions: PartConditions;
  readonly minutes: number;
  /** Exchanges and providers that recorded traffic was drawn of; null when all of it was made up. */
  readonly recorded: { readonly exchanges: number; readonly providers: number } | null;
  readonly requests: number;
  readonly whole: number;
  readonly cutShort: number;
  readonly unanswered: number;
  readonly workersKilled: number;
  readonly settingsChanges: number;
  readonly growth: Readonly<Record<string, SoakGrowth>>;
  readonly unexplained: number;
  readonly ledger: {
    readonly rows: number;
    readonly clientNanoUsd: number;
    readonly ledgerNanoUsd: number;
    readonly missing: number;
    readonly twice: number;
    readonly wrongCost: number;
    readonly unknown: number;
  };
}

/** Title of the section. */
export const soakHeading = "## Soak (`npm run bench -- soak`)";

const mostKept = 5;

/** Runs kept so far, oldest first; empty when there are none. */
export function readSoakRuns(path: string): readonly SoakRun[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SoakRun[]) : [];
}

/** The runs with another one behind them; of many the oldest go. */
export function addSoakRun(runs: readonly SoakRun[], added: SoakRun): readonly SoakRun[] {
  return [...runs, added].slice(-mostKept);
}

/** The runs as a section of the report, a column each; empty when there are none. */
export function renderSoakRuns(runs: readonly SoakRun[]): string {
  if (runs.length === 0) return "";
  const names = [...new Set(runs.flatMap(({ growth }) => Object.keys(growth)))];
  const lines: readonly (readonly [string, (run: SoakRun) => string])[] = [
    ["commit", ({ conditions: { commit, isClean } }) => `${commit ?? "none"}${isClean ? "" : " +"}`],
    ["minutes", ({ minutes }) => withDigits(minutes, minutes < 10 ? 1 : 0)],
    ["drawn of", ({ recorded }) => drawnOf(recorded)],
    ["requests", ({ requests }) => withDigits(requests, 0)],
    ["answers that came whole", ({ whole }) => withDigits(whole, 0)],
    ["broken off or refused, as asked", ({ cutShort }) => withDigits(cutShort, 0)],
    ["without an answer, around killed workers", ({ unanswered }) => withDigits(unanswered, 0)],
    ["workers killed", ({ workersKilled }) => String(workersKilled)],
    ["changes of settings and keys", ({ settingsChanges }) => String(settingsChanges)],
    ...names.flatMap((name) => [
      [`memory of the ${name} at rest`, (run: SoakRun) => memoryText(run.growth[name])] as const,
      [`descriptors of the ${name}`, (run: SoakRun) => descriptorsText(run.growth[name])] as const,
    ]),
    ["unexplained errors", ({ unexplained }) => String(unexplained)],
    ["client's own account", ({ ledger }) => `$${withDigits(ledger.clientNanoUsd / 1e9, 9)}`],
    ["ledger", ({ ledger }) => `$${withDigits(ledger.ledgerNanoUsd / 1e9, 9)} in ${withDigits(ledger.rows, 0)} rows`],
    ["rows missing, twice, of another cost, unknown", ({ ledger }) => faultsText(ledger)],
  ];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    soakHeading,
    "Mixed traffic from 16 clients at two workers: recorded exchanges of real providers, where they are at hand, and made-up ones with usage drawn by chance, among them aborts, slow readers, answers cut and refused, and universal requests; settings and keys change all the while, and one worker is killed now and then. Every answer that comes whole is compared with the provider's bytes, and priced by the client on its own. Memory is resident memory after a rest, its slope with the standard error, the first third left out; flat means that the slope is within two standard errors of none, or below 5 % over the run.",
    [
      row(["", ...runs.map(({ conditions }) => conditions.date)]),
      row(["---", ...runs.map(() => "---")]),
      ...lines.map(([label, textOf]) => row([label, ...runs.map(textOf)])),
    ].join("\n"),
  ].join("\n\n");
}

function drawnOf(recorded: SoakRun["recorded"]): string {
  if (recorded === null) return "made-up requests";
  return `${withDigits(recorded.exchanges, 0)} exchanges recorded at ${recorded.providers} providers, and made-up ones`;
}

function memoryText(growth: SoakGrowth | undefined): string {
  if (growth === undefined) return "–";
  const { firstBytes, lastBytes, bytesPerMinute, errorBytesPerMinute, isFlat } = growth;
  const megabytes = (bytes: number, digits: number) => withDigits(bytes / 1e6, digits);
  const slope = `${megabytes(bytesPerMinute, 3)} ± ${megabytes(errorBytesPerMinute, 3)} MB a minute`;
  return `${megabytes(firstBytes, 1)} to ${megabytes(lastBytes, 1)} MB, ${slope}: **${isFlat ? "flat" : "grows"}**`;
}

function descriptorsText(growth: SoakGrowth | undefined): string {
  return growth === undefined ? "–" : `${growth.firstDescriptors} to ${growth.lastDescriptors}`;
}

function faultsText({ missing, twice, wrongCost, unknown }: SoakRun["ledger"]): string {
  return [missing, twice, wrongCost, unknown].join(", ");
}
