import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bucketStartsMs, type AnalyticsInterval } from "../gateway/src/analytics/time-buckets.ts";
import type {
  AnalyticsDimension,
  AnalyticsFilter,
  AnalyticsMeasure,
  AnalyticsQuestion,
} from "../gateway/src/stores/ports/analytics-store.ts";
import { openDatabase } from "../gateway/src/stores/sqlite/open-database.ts";
import { applyRollUps } from "../gateway/src/stores/sqlite/roll-ups.ts";
import { openSqliteAnalyticsStore } from "../gateway/src/stores/sqlite/sqlite-analytics-store.ts";
import { generatedRecords } from "../gateway/test/support/generated-records.ts";

// Measures what roll-ups cost and how fast charts come out of them, and prints figures as JSON:
//   bun bench/analytics.ts --rows 1000000 [--days 30] [--batch 1000] [--directory where]
// Spreads the rows over the days. A directory from an earlier run is asked again without writing.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    days: { type: "string", default: "30" },
    batch: { type: "string", default: "1000" },
    directory: { type: "string" },
  },
});
const rows = Number(values.rows);
const days = Number(values.days);
const batchRows = Number(values.batch);
const dayMs = 86_400_000;
const toMs = Date.UTC(2026, 9, 1);
const fromMs = toMs - days * dayMs;
const directory = values.directory ?? mkdtempSync(join(tmpdir(), "headgate-analytics-"));
const path = join(directory, "headgate.db");
const database = openDatabase(path);
const store = openSqliteAnalyticsStore(database);

try {
  const write = fill();
  const charts = await measureCharts();
  const tables = tableRows();
  database.writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
  const sizeMb = round(statSync(path).size / 1e6);
  console.log(JSON.stringify({ rows, days, write, charts, tables, sizeMb }, null, 2));
} finally {
  database.close();
  if (values.directory === undefined) rmSync(directory, { recursive: true });
}

function fill() {
  const present = database.writer.query("SELECT 1 FROM roll_up_series LIMIT 1").get();
  if (present !== null) return null;
  const traffic = generatedRecords({
    seed: 1,
    fromMs,
    stepMs: (days * dayMs) / rows,
    gateways: 8,
    models: 30,
    users: 5000,
  });
  const times: number[] = [];
  const apply = database.writer.transaction((batch: Parameters<typeof applyRollUps>[1]) =>
    applyRollUps(database.writer, batch, toMs + dayMs),
  );
  let cpuUs = 0;
  for (let done = 0; done < rows; done += batchRows) {
    const batch = Array.from({ length: Math.min(batchRows, rows - done) }, () => traffic.next().value as never);
    const before = process.cpuUsage();
    const startedMs = performance.now();
    apply.immediate(batch);
    times.push(performance.now() - startedMs);
    const used = process.cpuUsage(before);
    cpuUs += used.user + used.system;
    if (done % 500_000 === 0) console.error(`${done} rows`);
  }
  const sorted = times.toSorted((left, right) => left - right);
  return {
    usPerRow: round((times.reduce((sum, time) => sum + time, 0) * 1000) / rows),
    cpuUsPerRow: round(cpuUs / rows),
    batchMs: { p50: round(sorted[sorted.length >> 1] as number), longest: round(sorted.at(-1) as number) },
  };
}

interface Chart {
  readonly days: number;
  readonly interval?: AnalyticsInterval;
  readonly zone?: string;
  readonly by?: AnalyticsDimension[];
  readonly filter?: AnalyticsFilter;
  readonly measures: AnalyticsMeasure[];
}

async function measureCharts() {
  const sums: AnalyticsMeasure[] = ["requests", "errors", "cost_nano_usd", "tokens_in", "tokens_out"];
  const times: AnalyticsMeasure[] = ["duration_p50_ms", "duration_p95_ms", "time_to_first_byte_p95_ms"];
  const oneGateway = { dimension: "gateway", operator: "eq", values: ["gateway-0"] } as const;
  const charts: Record<string, Chart> = {
    "30 days, cards": { days: 30, measures: [...sums, "unique_users", ...times] },
    "30 days by hour, sums": { days: 30, interval: "hour", measures: sums },
    "30 days by hour, one gateway, sums": { days: 30, interval: "hour", measures: sums, filter: oneGateway },
    "30 days by hour and model, cost": { days: 30, interval: "hour", by: ["model"], measures: ["cost_nano_usd"] },
    "30 days by hour, percentiles": { days: 30, interval: "hour", measures: times },
    "30 days by hour, users": { days: 30, interval: "hour", measures: ["unique_users"] },
    "30 days by day, everything": { days: 30, interval: "day", measures: [...sums, "unique_users", ...times] },
    "30 days by day of Kolkata, everything": {
      days: 30,
      interval: "day",
      zone: "Asia/Kolkata",
      measures: [...sums, "unique_users", ...times],
    },
    "30 days by user, cost": { days: 30, by: ["user"], measures: ["cost_nano_usd", "requests"] },
    "30 days by day and team, cost": { days: 30, interval: "day", by: ["metadata.team"], measures: ["cost_nano_usd"] },
    "1 day by minute, everything": { days: 1, interval: "minute", measures: [...sums, ...times] },
    "a year by day, sums": { days: 365, interval: "day", measures: sums },
    "a year by day and model, cost and p95": {
      days: 365,
      interval: "day",
      by: ["model"],
      measures: ["cost_nano_usd", "duration_p95_ms"],
    },
    "a year by month of New York, everything": {
      days: 365,
      interval: "month",
      zone: "America/New_York",
      measures: [...sums, "unique_users", ...times],
    },
    "a year by day of New York, sums": { days: 365, interval: "day", zone: "America/New_York", measures: sums },
  };
  const figures: Record<string, { readonly coldMs: number; readonly ms: number; readonly groups: number }> = {};
  for (const [name, chart] of Object.entries(charts)) {
    const question = questionOf(chart);
    const [first, ...again] = [await timed(question), await timed(question), await timed(question)];
    const best = Math.min(...again.map(({ ms }) => ms));
    figures[name] = { coldMs: round(first?.ms ?? 0), ms: round(best), groups: first?.groups ?? 0 };
  }
  return figures;
}

function questionOf({
  days: length,
  interval,
  zone = "UTC",
  by = [],
  filter = { all: [] },
  measures,
}: Chart): AnalyticsQuestion {
  const range = { fromMs: toMs - Math.min(days, length) * dayMs, toMs, timeZone: zone };
  const buckets = interval === undefined ? null : bucketStartsMs(interval, range, 10_000);
  return { fromMs: range.fromMs, toMs, bucketStartsMs: buckets, dimensions: by, measures, filter };
}

async function timed(question: AnalyticsQuestion) {
  const startedMs = performance.now();
  const { groups, source } = await store.totals(question);
  if (source !== "roll-ups") throw new Error(`answered from ${source}`);
  return { ms: performance.now() - startedMs, groups: groups.length };
}

function tableRows() {
  const names = [
    "series",
    "series_minutes",
    "series_hours",
    "family_hours",
    "series_days",
    "attribute_hours",
    "attribute_days",
  ];
  const count = (name: string) =>
    (database.reader.query(`SELECT count(*) AS count FROM roll_up_${name}`).get() as { count: number }).count;
  return Object.fromEntries(names.map((name) => [name, count(name)]));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
