import { expect, test } from "bun:test";
import {
  addRecordsRun,
  readRecordsRuns,
  renderRecordsRuns,
  type RecordsRun,
  withRecordsSection,
} from "./records-run.ts";

function runOver(rows: number, commit: string): RecordsRun {
  return {
    rows,
    ledger: {
      conditions: { date: "2026-11-22T00:00Z", commit, isClean: true, cpu: "sample" },
      fill: { cpuUsPerRow: null },
      ledger: { appendCpuUsPerRecord: 10, cpuUsPerRecord: 100, recordsPerSecond: 9000 },
      pages: { newest: { firstMs: 2, medianMs: 1 } },
      deletion: { deleted: 10_000, ms: 900, longestBatchMs: 80 },
      databaseBytes: 1_234_000_000,
      peakRssMb: 300,
    },
    dashboard: {
      conditions: { date: "2026-11-22T00:00Z", commit, isClean: true, cpu: "sample" },
      middleMs: { overviewOfADay: 218, logs: 173 },
    },
  };
}

test("a run takes the place of the one over as many rows, and the report tells both sizes", () => {
  const first = addRecordsRun([], runOver(10_000_000, "aaa"));
  const runs = addRecordsRun(addRecordsRun(first, runOver(1_000_000, "bbb")), runOver(10_000_000, "ccc"));
  expect(runs.map(({ rows, ledger }) => [rows, ledger?.conditions.commit])).toEqual([
    [1_000_000, "bbb"],
    [10_000_000, "ccc"],
  ]);
  const text = renderRecordsRuns(runs);
  expect(text).toContain("### 10,000,000 rows");
  expect(text).toContain("| page: newest | 1 ms (2) |");
  expect(text).toContain("| ledger, CPU per record | 100 µs; 9000 records/s |");
  expect(text).toContain("| in a browser: overview of a day | 218 ms |");
  expect(text).not.toContain("aaa");
});

test("without runs there is no section", () => {
  expect(renderRecordsRuns(readRecordsRuns("/nowhere/RECORDS.json"))).toBe("");
});

test("the section takes its place in a report, once", () => {
  const report = "# Report\n\n## JSON\n\nfigures\n\n## History\n\n| a |\n";
  const once = withRecordsSection(report, [runOver(1_000_000, "aaa")]);
  const twice = withRecordsSection(once, [runOver(1_000_000, "bbb")]);
  expect(twice.match(/^## .*$/gm)?.map((line) => line.slice(0, 10))).toEqual(["## JSON", "## Records", "## History"]);
  expect(twice).toContain("bbb");
  expect(twice).toBe(once.replaceAll("aaa", "bbb"));
});
