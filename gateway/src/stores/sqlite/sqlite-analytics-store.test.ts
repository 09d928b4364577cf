import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { generatedRecords, seededRandom } from "../../../test/support/generated-records.ts";
import { naiveTotals } from "../../../test/support/naive-analytics.ts";
import { logOf } from "../../../test/support/sample-log.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { bucketStartsMs, type AnalyticsInterval } from "../../analytics/time-buckets.ts";
import type { ExchangeRecord } from "../../core/exchange.ts";
import {
  type AnalyticsCondition,
  type AnalyticsDimension,
  analyticsMeasures,
  type AnalyticsQuestion,
  AnalyticsTooLarge,
} from "../ports/analytics-store.ts";
import { openDatabase, type SqliteDatabase } from "./open-database.ts";
import { openSqliteAnalyticsStore } from "./sqlite-analytics-store.ts";
import { openSqliteLogStore } from "./sqlite-log-store.ts";
import { applyRollUps } from "./roll-ups.ts";

// Hundreds of questions, each answered twice, on a machine that may be busy.
setDefaultTimeout(60_000);

const directory = temporaryDirectory();
const day = 86_400_000;
const startMs = Date.UTC(2026, 2, 25, 7, 13);
const records = drawRecords();
let database: SqliteDatabase;

/** Nine days over the change to summer time, some records minutes or days late. */
function drawRecords(): ExchangeRecord[] {
  const traffic = generatedRecords({
    seed: 7,
    fromMs: startMs,
    stepMs: 240_000,
    gateways: 3,
    models: 9,
    users: 60,
    accounts: 2,
  });
  const random = seededRandom(11);
  const drawn = Array.from({ length: 3200 }, () => traffic.next().value as ExchangeRecord);
  const arrival = (index: number): number => index + (random() < 0.1 ? random() * 900 : random() * 5);
  const placed = drawn.map((record, index) => ({ record, place: arrival(index) }));
  return placed.toSorted((left, right) => left.place - right.place).map(({ record }) => record);
}

beforeAll(async () => {
  database = openDatabase(`${directory.path}/headgate.db`);
  const logs = openSqliteLogStore(database, applyRollUps);
  const random = seededRandom(3);
  for (let start = 0; start < records.length;) {
    const size = 1 + Math.floor(random() * 120);
    const batch = records.slice(start, start + size).map(logOf);
    await logs.ingest(batch, []);
    // The ledger may give a batch again after a crash.
    if (random() < 0.2) await logs.ingest(batch, []);
    start += size;
  }
});

afterAll(() => {
  database.close();
  directory[Symbol.dispose]();
});

/** Asks the store and the naive computation, over the range the store says it counted. */
async function both(
  question: AnalyticsQuestion,
): Promise<Awaited<ReturnType<ReturnType<typeof openSqliteAnalyticsStore>["totals"]>>["source"]> {
  const answer = await openSqliteAnalyticsStore(database).totals(question);
  expect(answer.fromMs).toBeLessThanOrEqual(question.fromMs);
  expect(answer.toMs).toBeGreaterThanOrEqual(question.toMs);
  const expected = naiveTotals(records, { ...question, fromMs: answer.fromMs, toMs: answer.toMs });
  const byKey = new Map(answer.groups.map((group) => [JSON.stringify([group.bucketStartMs, group.dimensions]), group]));
  expect([...byKey.keys()].toSorted()).toEqual(
    expected.map(({ bucketStartMs, dimensions }) => JSON.stringify([bucketStartMs, dimensions])).toSorted(),
  );
  for (const { bucketStartMs, dimensions, measures } of expected) {
    const group = byKey.get(JSON.stringify([bucketStartMs, dimensions]));
    for (const [index, name] of question.measures.entries()) {
      const [got, wanted] = [group?.measures[index] as number | null, measures[index] as number | null];
      if (wanted === null || got === null) expect([name, got]).toEqual([name, wanted]);
      else expect(Math.abs(got - wanted)).toBeLessThanOrEqual(tolerance(name, wanted));
    }
  }
  return answer.source;
}

function tolerance(name: string, exact: number): number {
  if (/_p\d\d_ms$/.test(name)) return 0.0197 * exact + 0.05;
  return name === "unique_users" ? 2 + 0.07 * exact : Math.abs(exact) * 1e-9;
}

const seriesDimensions: AnalyticsDimension[] = [
  "account",
  "gateway",
  "provider",
  "model",
  "status",
  "error_code",
  "error",
  "rate_limited",
  "cache",
  "cached",
];
const additive = analyticsMeasures.filter((name) => !/_p\d\d_ms$|unique_users/.test(name));

const conditions = fc.constantFrom<AnalyticsCondition>(
  { dimension: "gateway", operator: "eq", values: ["gateway-0", "gateway-2"] },
  { dimension: "account", operator: "eq", values: ["account-1"] },
  { dimension: "provider", operator: "neq", values: ["provider-0"] },
  { dimension: "model", operator: "eq", values: [null, "model-1"] },
  { dimension: "status", operator: "gte", values: [400] },
  { dimension: "cache", operator: "neq", values: [null] },
  { dimension: "error", operator: "eq", values: [false] },
  { dimension: "model", operator: "lt", values: ["model-4"] },
);

/** Minutes into the nine days. */
const moments = fc.integer({ min: -200, max: 13_500 });
const zones = fc.constantFrom("UTC", "Europe/Amsterdam", "Asia/Kathmandu", "America/St_Johns");

function questionOf({
  from,
  length,
  interval,
  zone,
  ...rest
}: Pick<AnalyticsQuestion, "dimensions" | "measures" | "filter"> & {
  readonly from: number;
  readonly length: number;
  readonly interval: AnalyticsInterval | null;
  readonly zone: string;
}): AnalyticsQuestion {
  const fromMs = Math.floor(startMs / 60_000) * 60_000 + from * 60_000;
  const toMs = fromMs + length * 60_000;
  const buckets = interval === null ? null : bucketStartsMs(interval, { fromMs, toMs, timeZone: zone }, 20_000);
  return { ...rest, fromMs, toMs, bucketStartsMs: buckets };
}

describe("against a naive computation over the same records", () => {
  test("any grouping by series, at any time, in any zone", async () => {
    const interval = fc.constantFrom<AnalyticsInterval | null>(
      null,
      "minute",
      "fifteen_minutes",
      "hour",
      "day",
      "week",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          from: moments,
          length: fc.integer({ min: 1, max: 12_000 }),
          interval,
          zone: zones,
          dimensions: fc.uniqueArray(fc.constantFrom(...seriesDimensions), { maxLength: 3 }),
          measures: fc.uniqueArray(fc.constantFrom(...analyticsMeasures), { minLength: 1, maxLength: 6 }),
          filter: fc.oneof(
            fc.array(conditions, { maxLength: 2 }).map((all) => ({ all })),
            fc.array(conditions, { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
          ),
        }),
        async (parts) => {
          expect(await both(questionOf(parts))).toBe("roll-ups");
        },
      ),
      { numRuns: 150 },
    );
  });

  test("by user and by metadata key, from their roll-ups", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          from: moments,
          length: fc.integer({ min: 1, max: 12_000 }),
          interval: fc.constantFrom<AnalyticsInterval | null>(null, "hour", "day"),
          zone: fc.constantFrom("UTC", "Europe/Amsterdam"),
          measures: fc.uniqueArray(fc.constantFrom(...additive), { minLength: 1, maxLength: 6 }),
        }),
        fc.constantFrom<AnalyticsDimension>("user", "metadata.team", "metadata.paid"),
        fc.boolean(),
        async (parts, attribute, isByGateway) => {
          const dimensions: AnalyticsDimension[] = isByGateway ? ["gateway", attribute] : [attribute];
          expect(await both(questionOf({ ...parts, dimensions, filter: { all: [] } }))).toBe("roll-ups");
        },
      ),
      { numRuns: 60 },
    );
  });

  test("by everything else, from rows", async () => {
    const dimensions = fc.constantFrom<AnalyticsDimension[]>(
      ["user_agent"],
      ["metadata.team", "model"],
      ["user", "metadata.paid", "error"],
      ["tokens_out"],
    );
    await fc.assert(
      fc.asyncProperty(
        moments,
        dimensions,
        fc.uniqueArray(fc.constantFrom(...analyticsMeasures), { minLength: 1, maxLength: 6 }),
        async (from, names, measures) => {
          const filter = { all: [{ dimension: "metadata.paid", operator: "neq", values: ["true"] }] } as const;
          const parts = { from, length: 3000, interval: "day", zone: "Asia/Kathmandu" } as const;
          expect(await both(questionOf({ ...parts, dimensions: names, measures, filter }))).toBe("rows");
        },
      ),
      { numRuns: 25 },
    );
  });
});

const whole = { from: 0, length: 14_000, interval: null, zone: "UTC", filter: { all: [] } } as const;

test("what is filtered by one value of an attribute needs no rows", async () => {
  const filter = { all: [{ dimension: "metadata.team", operator: "eq", values: ["team-1", "team-2"] }] } as const;
  expect(
    await both(questionOf({ ...whole, interval: "day", dimensions: [], measures: ["cost_nano_usd"], filter })),
  ).toBe("roll-ups");
  expect(await both(questionOf({ ...whole, dimensions: [], measures: ["unique_users"], filter }))).toBe("rows");
  const negative = { dimension: "metadata.team", operator: "neq", values: ["team-1"] } as const;
  expect(await both(questionOf({ ...whole, dimensions: [], measures: ["requests"], filter: negative }))).toBe("rows");
});

test("an empty range has no groups, and without any grouping one of zeros", async () => {
  const store = openSqliteAnalyticsStore(database);
  const empty = { fromMs: startMs - 30 * day, toMs: startMs - 20 * day, bucketStartsMs: null, filter: { all: [] } };
  const single = await store.totals({
    ...empty,
    dimensions: [],
    measures: ["requests", "unique_users", "duration_p50_ms"],
  });
  expect(single.groups).toEqual([{ bucketStartMs: null, dimensions: [], measures: [0, 0, null] }]);
  for (const dimension of ["model", "user", "user_agent"] as const) {
    const answer = await store.totals({ ...empty, dimensions: [dimension], measures: ["requests"] });
    expect(answer.groups).toEqual([]);
  }
});

test("rows are read for 31 days at most, and not for longer than allowed", async () => {
  const question = questionOf({ ...whole, dimensions: ["user_agent"], measures: ["requests"] });
  const store = openSqliteAnalyticsStore(database);
  expect(store.totals({ ...question, toMs: question.fromMs + 32 * day })).rejects.toThrow("at most 31 days");
  let nowMs = 0;
  const hasty = openSqliteAnalyticsStore(database, { longestMs: 5, monotonicMs: () => (nowMs += 10) });
  expect(hasty.totals(question)).rejects.toBeInstanceOf(AnalyticsTooLarge);
});
