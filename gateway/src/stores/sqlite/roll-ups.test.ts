import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { sampleRecord } from "../../../test/support/sample-record.ts";
import type { ExchangeRecord } from "../../core/exchange.ts";
import type { AnalyticsDimension, AnalyticsMeasure } from "../ports/analytics-store.ts";
import { migrate } from "./migrate.ts";
import { pruneRollUps } from "./prune-roll-ups.ts";
import { MOST_NAMES, MOST_VALUES } from "./roll-up-attributes.ts";
import { seriesNumbers } from "./roll-up-series.ts";
import { applyRollUps } from "./roll-ups.ts";
import { openSqliteAnalyticsStore } from "./sqlite-analytics-store.ts";

const day = 86_400_000;
const startMs = Date.UTC(2026, 0, 5);

function emptyDatabase(): Database {
  const database = new Database(":memory:", { strict: true });
  migrate(database);
  return database;
}

function recordsOf(count: number, change: (index: number) => Partial<ExchangeRecord>): ExchangeRecord[] {
  return Array.from({ length: count }, (_, index) => sampleRecord({ createdAtMs: startMs + index, ...change(index) }));
}

function total(
  database: Database,
  asked: { readonly dimensions?: AnalyticsDimension[]; readonly measures: AnalyticsMeasure[]; readonly toMs?: number },
) {
  const { dimensions = [], measures, toMs = startMs + 20 * day } = asked;
  const question = { fromMs: startMs - day, toMs, bucketStartsMs: null, dimensions, measures, filter: { all: [] } };
  return openSqliteAnalyticsStore({ reader: database }).totals(question);
}

function rowCount(database: Database, table: string): number {
  return (database.query(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
}

test("absurd records are counted and break nothing", async () => {
  const database = emptyDatabase();
  const usage = { inputTokens: Number.MAX_VALUE, outputTokens: Number.NaN };
  const cost = { state: "custom", nanoUsd: -5, priceVersion: null } as const;
  const absurd = [
    sampleRecord({ createdAtMs: Number.NaN }),
    sampleRecord({ createdAtMs: 9e15 }),
    sampleRecord({ createdAtMs: -1 }),
    ...recordsOf(50, () => ({ usage, cost, durationMs: Number.POSITIVE_INFINITY, timeToFirstByteMs: Number.NaN })),
  ];
  applyRollUps(database, absurd, startMs + 3 * day);
  applyRollUps(
    database,
    recordsOf(5, (index) => ({ createdAtMs: startMs + index * day })),
    startMs + 9 * day,
  );
  const { groups } = await total(database, { measures: ["requests", "tokens_in", "cost_nano_usd", "duration_p50_ms"] });
  const [requests, tokensIn, cost_nano_usd, median] = groups[0]?.measures ?? [];
  expect([requests, tokensIn, cost_nano_usd]).toEqual([55, 50e12 + 60, 5 * 22_200]);
  expect(median).toBeGreaterThan(2e9);
});

test("models beyond the bound share a series for each gateway and provider", () => {
  const database = emptyDatabase();
  const numberOf = seriesNumbers(database, 3);
  const numbers = ["a", "b", "c", "d", "e"].map((model) => numberOf(sampleRecord({ model })));
  expect(new Set(numbers).size).toBe(4);
  expect(numbers[3]).toBe(numbers[4] as number);
  expect(numberOf(sampleRecord({ model: "a" }))).toBe(numbers[0] as number);
  expect(database.query("SELECT model FROM roll_up_series WHERE series = ?").get(numbers[4] as number)).toEqual({
    model: "(other)",
  });
});

test("a metadata key with too many values is asked from rows from then on, and not before", async () => {
  const database = emptyDatabase();
  const few = recordsOf(100, (index) => ({ metadata: { trace: `t${index % 7}` } }));
  applyRollUps(database, few, startMs);
  const byTrace = {
    dimensions: ["metadata.trace"] as AnalyticsDimension[],
    measures: ["requests"] as AnalyticsMeasure[],
  };
  const before = await total(database, byTrace);
  expect([before.source, before.groups.length]).toEqual(["roll-ups", 7]);
  const later = startMs + 2 * day;
  const many = recordsOf(MOST_VALUES + 200, (index) => ({
    createdAtMs: later + index,
    metadata: { trace: `x${index}` },
  }));
  applyRollUps(database, many, later);
  const rows = rowCount(database, "roll_up_attribute_hours");
  expect((await total(database, byTrace)).source).toBe("rows");
  expect(await total(database, { ...byTrace, toMs: startMs + day })).toMatchObject({ source: "roll-ups" });
  applyRollUps(database, many.slice(0, 50), later);
  expect(rowCount(database, "roll_up_attribute_hours")).toBe(rows);
  const users = await total(database, { dimensions: ["user"], measures: ["requests"] });
  expect([users.source, users.groups[0]?.measures]).toEqual(["roll-ups", [100 + many.length + 50]]);
});

test("only so many metadata keys of an account are rolled up", async () => {
  const database = emptyDatabase();
  applyRollUps(
    database,
    recordsOf(MOST_NAMES + 5, (index) => ({ metadata: { [`key${index}`]: 1 } })),
    startMs,
  );
  expect(rowCount(database, "roll_up_attributes")).toBe(MOST_NAMES + 1);
  const asked = async (name: AnalyticsDimension) =>
    (await total(database, { dimensions: [name], measures: ["requests"] })).source;
  expect([await asked("metadata.key0"), await asked(`metadata.key${MOST_NAMES + 1}`)]).toEqual(["roll-ups", "rows"]);
});

test("retention removes what is old in small steps, and leaves totals of what it keeps", async () => {
  const database = emptyDatabase();
  const hourly = recordsOf(24 * 12, (index) => ({
    createdAtMs: startMs + index * 3_600_000,
    userKey: `user:${index}`,
  }));
  for (let at = 0; at < hourly.length; at += 30) applyRollUps(database, hourly.slice(at, at + 30), startMs + 30 * day);
  applyRollUps(database, [sampleRecord({ createdAtMs: startMs + 13 * day })], startMs + 30 * day);
  const measures: AnalyticsMeasure[] = ["requests", "unique_users", "duration_p50_ms"];
  const whole = await total(database, { measures });
  const nowMs = startMs + 12 * day;
  const retention = { minuteDays: 2, hourDays: 5, dayDays: 100 };
  for (let steps = 0; pruneRollUps(database, retention, nowMs) > 0; steps++) expect(steps).toBeLessThan(10);
  expect(rowCount(database, "roll_up_series_minutes")).toBe(2 * 24 + 1);
  expect(rowCount(database, "roll_up_series_hours")).toBe(5 * 24);
  expect(rowCount(database, "roll_up_attribute_hours")).toBe(2 * (5 * 24 + 1));
  expect(rowCount(database, "roll_up_series_days")).toBe(12);
  expect((await total(database, { measures })).groups).toEqual(whole.groups);
  expect((await total(database, { measures: ["requests"], dimensions: ["user"] })).groups).toHaveLength(289);
  // Once minutes are gone, half an hour of the past is told as its whole hour.
  const reader = openSqliteAnalyticsStore({ reader: database });
  const halfHour = { fromMs: startMs + 8 * day, toMs: startMs + 8 * day + 1_800_000, bucketStartsMs: null };
  const answer = await reader.totals({ ...halfHour, dimensions: [], measures: ["requests"], filter: { all: [] } });
  expect([answer.toMs - answer.fromMs, answer.groups[0]?.measures]).toEqual([3_600_000, [1]]);
  expect(pruneRollUps(database, { minuteDays: 0, hourDays: 0, dayDays: 0 }, startMs + 900 * day)).toBeGreaterThan(0);
});

test("minutes stay while the hours they belong to are open", () => {
  const database = emptyDatabase();
  applyRollUps(
    database,
    recordsOf(10, (index) => ({ createdAtMs: startMs + index * 60_000 })),
    startMs + day,
  );
  expect(pruneRollUps(database, { minuteDays: 1, hourDays: 1, dayDays: 1 }, startMs + 50 * day)).toBe(0);
  expect(rowCount(database, "roll_up_series_minutes")).toBe(10);
});
