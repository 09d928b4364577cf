import { expect, test } from "bun:test";
import { logsQuery, type LogsQueryOptions } from "./logs-query.ts";

const nowMs = Date.UTC(2026, 0, 2);
const filtersOf = (options: Partial<LogsQueryOptions>) => logsQuery({ metadata: [], ...options }, nowMs).filters;

test("without conditions everything passes", () => {
  expect(logsQuery({ metadata: [] }, nowMs)).toEqual({ filters: [], search: null });
});

test("each option is a filter of the API", () => {
  expect(filtersOf({ provider: "openai, groq", model: "mini", failed: true, unpriced: true, user: "u1" })).toEqual([
    { key: "provider", operator: "eq", value: ["openai", "groq"] },
    { key: "model", operator: "contains", value: ["mini"] },
    { key: "user", operator: "eq", value: ["u1"] },
    { key: "success", operator: "eq", value: [false] },
    { key: "cost_state", operator: "eq", value: ["unpriced"] },
  ]);
  expect(filtersOf({ metadata: ["user=u=1", "team="] })).toEqual([
    { key: "metadata.entry.user", operator: "eq", value: ["u=1"] },
    { key: "metadata.entry.team", operator: "eq", value: [""] },
  ]);
  expect(filtersOf({ "min-cost": "0.1", "min-duration": "500", "min-tokens": "10" })).toEqual([
    { key: "cost", operator: "gt", value: [0.1 - 5e-10] },
    { key: "duration", operator: "gt", value: [499.5] },
    { key: "tokens", operator: "gt", value: [9.5] },
  ]);
});

test("statuses and classes of them are one filter", () => {
  const [filter] = filtersOf({ status: "429,5xx,500" });
  expect(filter).toMatchObject({ key: "status_code", operator: "eq" });
  expect(filter?.value).toHaveLength(101);
  expect(filter?.value).toContain(599);
});

test("times are given as they are or by age, and belong to the range", () => {
  expect(filtersOf({ since: "1d", until: "2026-01-01T12:00:00+01:00" })).toEqual([
    { key: "created_at", operator: "gt", value: ["2025-12-31T23:59:59.999Z"] },
    { key: "created_at", operator: "lt", value: ["2026-01-01T11:00:00.001Z"] },
  ]);
});

test("values that are none are refused by the name of their option", () => {
  const bad: [Partial<LogsQueryOptions>, string][] = [
    [{ status: "5x" }, "--status takes"],
    [{ since: "yesterday" }, "--since takes"],
    [{ until: "15" }, "--until takes"],
    [{ "min-cost": "free" }, "--min-cost takes"],
    [{ "min-tokens": "-1" }, "--min-tokens takes"],
    [{ "min-duration": "" }, "--min-duration takes"],
    [{ metadata: ["user"] }, "--metadata takes"],
    [{ metadata: ["=x"] }, "--metadata takes"],
  ];
  for (const [options, message] of bad) expect(() => filtersOf(options)).toThrow(message);
});
