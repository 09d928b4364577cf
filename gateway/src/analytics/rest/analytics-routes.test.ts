import { afterAll, beforeAll, expect, test } from "bun:test";
import { analyticsFixture } from "../../../test/support/analytics-fixture.ts";
import { sampleRecord } from "../../../test/support/sample-record.ts";

const nowMs = Date.parse("2026-11-22T12:00:00Z");
const at = (time: string): number => Date.parse(`2026-11-${time}Z`);
const record = (index: number, changes: Parameters<typeof sampleRecord>[0]) => {
  const time = Math.floor(changes?.createdAtMs ?? nowMs)
    .toString(16)
    .padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(index).padStart(12, "0")}`;
  return sampleRecord({ id, eventId: id, ...changes });
};

const records = [
  record(1, { createdAtMs: at("22T09:10:00"), gatewayId: "prod", metadata: { team: "red", user: "u1" } }),
  record(2, { createdAtMs: at("22T09:40:00"), gatewayId: "prod", userKey: "user:u2", metadata: { team: "blue" } }),
  record(3, {
    createdAtMs: at("22T11:05:00"),
    gatewayId: "test",
    statusCode: 500,
    success: false,
    usage: null,
    metadata: null,
  }),
  record(4, {
    createdAtMs: at("21T23:30:00"),
    gatewayId: "test",
    model: "gpt-4.1",
    cacheStatus: "HIT",
    metadata: null,
  }),
  record(5, { createdAtMs: at("20T23:30:00"), gatewayId: "prod", model: null, metadata: { team: "red" } }),
];

let fixture: Awaited<ReturnType<typeof analyticsFixture>>;
beforeAll(async () => {
  fixture = await analyticsFixture(records, nowMs);
});
afterAll(() => fixture[Symbol.dispose]());

interface Result {
  readonly columns: string[];
  readonly rows: unknown[][];
  readonly source: string;
  readonly truncated: boolean;
  readonly from: string;
  readonly to: string;
  readonly took_ms: number;
}

async function query(body: Record<string, unknown>): Promise<Result> {
  const { status, body: answer } = await fixture.send("/api/analytics/query", body);
  expect([status, (answer as { success: boolean }).success]).toEqual([200, true]);
  return (answer as { result: Result }).result;
}

async function faults(body: unknown): Promise<[path: string, message: string][]> {
  const { status, body: answer } = await fixture.send("/api/analytics/query", body);
  const { errors } = answer as { errors: { code: number; path: string[]; message: string }[] };
  expect([status, errors.every(({ code }) => code === 7001)]).toEqual([400, true]);
  return errors.map(({ path, message }) => [path.join("."), message]);
}

test("the last day as one row of figures, money in dollars", async () => {
  const { columns, rows, source, from, to, took_ms } = await query({
    measures: ["requests", "errors", "cached_share", "cost", "tokens_in", "unique_users", "unpriced"],
  });
  expect(columns).toEqual(["requests", "errors", "cached_share", "cost", "tokens_in", "unique_users", "unpriced"]);
  expect(rows).toEqual([[4, 1, 0.25, 0.0000888, 36, 2, 0]]);
  expect([source, from, to]).toEqual(["roll-ups", "2026-11-21T12:00:00.000Z", "2026-11-22T12:00:00.000Z"]);
  expect(took_ms).toBeGreaterThanOrEqual(0);
});

test("a chart over time in the days of a zone, gaps filled on request", async () => {
  const chart = {
    measures: ["requests", "duration_p50_ms"],
    from: "2026-11-19T23:00:00Z",
    to: "2026-11-22T23:00:00Z",
    interval: "day",
    time_zone: "Europe/Amsterdam",
  };
  const times = async (changes: object) =>
    (await query({ ...chart, ...changes })).rows.map(([time, count]) => [time, count]);
  expect(await times({})).toEqual([
    ["2026-11-20T23:00:00.000Z", 1],
    ["2026-11-21T23:00:00.000Z", 4],
  ]);
  expect(await times({ time_zone: "UTC", from: "2026-11-20", to: "2026-11-23" })).toEqual([
    ["2026-11-20T00:00:00.000Z", 1],
    ["2026-11-21T00:00:00.000Z", 1],
    ["2026-11-22T00:00:00.000Z", 3],
  ]);
  const { rows } = await query({ ...chart, fill: true });
  expect(rows[0]).toEqual(["2026-11-19T23:00:00.000Z", 0, null]);
  expect(rows).toHaveLength(3);
});

test("grouped, filtered, ordered and cut", async () => {
  const range = { from: "2026-11-20", to: "2026-11-23" };
  const byModel = await query({ ...range, measures: ["requests"], dimensions: ["model"], limit: 2 });
  expect([byModel.rows, byModel.truncated]).toEqual([
    [
      ["gpt-4o-mini", 3],
      ["gpt-4.1", 1],
    ],
    true,
  ]);
  const ascending = await query({ ...range, measures: ["requests"], dimensions: ["gateway"], order: ["gateway:desc"] });
  expect(ascending.rows).toEqual([
    ["test", 2],
    ["prod", 3],
  ]);
  const filters = [{ key: "status", operator: "gte", value: "500" }];
  expect((await query({ ...range, measures: ["requests"], filters })).rows).toEqual([[1]]);
  const without = [{ key: "model", operator: "eq", value: [null, "gpt-4.1"] }];
  expect((await query({ ...range, measures: ["requests"], filters: without })).rows).toEqual([[2]]);
});

test("by metadata and by user, and from rows where nothing is rolled up", async () => {
  const range = { from: "2026-11-20", to: "2026-11-23", measures: ["requests", "cost"] };
  const teams = await query({ ...range, dimensions: ["metadata.team"] });
  expect([teams.rows, teams.source]).toEqual([
    [
      ["red", 2, 0.0000444],
      ["blue", 1, 0.0000222],
    ],
    "roll-ups",
  ]);
  expect((await query({ ...range, dimensions: ["user"] })).rows).toEqual([
    ["user:u1", 4, 0.0000888],
    ["user:u2", 1, 0.0000222],
  ]);
  const both = await query({ ...range, dimensions: ["metadata.team", "model"] });
  expect([both.source, both.rows.length]).toEqual(["rows", 3]);
});

test("GET takes the same in a query string", async () => {
  const filters = encodeURIComponent(JSON.stringify([{ key: "gateway", operator: "eq", value: "prod" }]));
  const { body } = await fixture.send(
    `/api/analytics/query?measures=requests,cost&dimensions=provider&from=2026-11-20&interval=month&limit=5&fill=false&filters=${filters}`,
  );
  const { result } = body as { result: Result };
  expect(result.columns).toEqual(["time", "provider", "requests", "cost"]);
  expect(result.rows).toEqual([["2026-11-01T00:00:00.000Z", "openai", 3, 0.0000666]]);
});

test("bad input is told with its place", async () => {
  const measures = ["requests"];
  expect(await faults({})).toMatchObject([["body.measures", expect.any(String)]]);
  expect((await faults({ measures: ["request"] }))[0]?.[0]).toBe("body.measures.0");
  expect((await faults({ measures, dimensions: ["colour"] }))[0]?.[0]).toBe("body.dimensions.0");
  expect((await faults({ measures, from: "yesterday" }))[0]?.[0]).toBe("body.from");
  expect((await faults({ measures, from: "2026-11-22", to: "2026-11-21" }))[0]?.[0]).toBe("body.from");
  expect((await faults({ measures, interval: "decade" }))[0]?.[0]).toBe("body.interval");
  expect((await faults({ measures, interval: "minute", from: "2020-01-01" }))[0]?.[0]).toBe("body.interval");
  expect((await faults({ measures, time_zone: "Mars/Olympus" }))[0]?.[0]).toBe("body.time_zone");
  expect((await faults({ measures, order: ["cost"] }))[0]?.[0]).toBe("body.order.0");
  expect((await faults({ measures, limit: 0 }))[0]?.[0]).toBe("body.limit");
  expect((await faults({ measures, limits: 3 }))[0]?.[0]).toBe("body.limits");
  expect((await faults("{"))[0]?.[0]).toBe("body");
  const filter = (changes: object) => ({
    measures,
    filters: [{ key: "status", operator: "eq", value: 200, ...changes }],
  });
  expect((await faults(filter({ key: "x; DROP TABLE logs" })))[0]?.[0]).toBe("body.filters.0.key");
  expect((await faults(filter({ operator: "=" })))[0]?.[0]).toBe("body.filters.0.operator");
  expect((await faults(filter({ value: "many" })))[0]?.[0]).toBe("body.filters.0.value");
  expect((await faults(filter({ operator: "lt", value: [1, 2] })))[0]?.[0]).toBe("body.filters.0.value");
  expect((await faults({ measures, dimensions: ["user_agent"], from: "2026-01-01" }))[0]).toMatchObject([
    "body.from",
    expect.stringContaining("31 days"),
  ]);
  const { status } = await fixture.send("/api/analytics/query?measures=requests&colour=red");
  expect(status).toBe(400);
});

test("a value that tries SQL is just a value", async () => {
  for (const key of ["model", "user", "metadata.team", "user_agent"]) {
    const filters = [{ key, operator: "eq", value: "' OR 1=1 --" }];
    expect((await query({ measures: ["requests"], filters })).rows).toEqual([[0]]);
  }
});

test("whoever sees one account counts its requests alone, whatever the filters say", async () => {
  const ask = async (accountId: string, filters: unknown = []): Promise<unknown> => {
    const body = { measures: ["requests"], dimensions: ["account"], from: "2026-11-01T00:00:00Z", filters };
    const answer = await fixture.sendAs(accountId)("/api/analytics/query", body);
    return (answer.body as { result: Result }).result.rows;
  };
  expect(await ask("default")).toEqual([["default", 5]]);
  expect(await ask("other")).toEqual([]);
  expect(await ask("other", [{ key: "account", operator: "eq", value: "default" }])).toEqual([]);
});
