import { expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { ManagementError } from "./management-error.ts";
import { parseQuery, queryBoolean, queryInteger, queryNumber, queryTime, queryWord } from "./parse-query.ts";
import { parseTime } from "./parse-time.ts";

const schema = z.object({
  page: queryInteger({ min: 1, max: 50 }).default(1),
  cost: queryNumber.optional(),
  at: queryTime.optional(),
  failed: queryBoolean.default(false),
  order: queryWord(["up", "down"]).optional(),
});

function faultsOf(query: string): unknown {
  try {
    parseQuery(new URLSearchParams(query), schema);
  } catch (error) {
    if (error instanceof ManagementError) return error.faults.map(({ path, message }) => [path, message]);
    throw error;
  }
  return [];
}

test("parses what it knows, fills in defaults and ignores the rest", () => {
  expect(parseQuery(new URLSearchParams(""), schema)).toEqual({ page: 1, failed: false });
  expect(
    parseQuery(new URLSearchParams("page=50&cost=-1.5e-3&failed=true&order=up&x=1&x=2&at=2026-01-31"), schema),
  ).toEqual({
    page: 50,
    cost: -0.0015,
    failed: true,
    order: "up",
    at: Date.UTC(2026, 0, 31),
  });
});

test("names every bad parameter with what was expected", () => {
  expect(faultsOf("page=51&failed=1&order=left&cost=NaN&at=soon")).toEqual([
    [["query", "page"], 'Expected an integer from 1 to 50, got "51"'],
    [["query", "cost"], 'Expected number, received "NaN"'],
    [["query", "at"], 'Expected a date such as 2026-01-31 or 2026-01-31T09:30:00Z, got "soon"'],
    [["query", "failed"], 'Expected true or false, got "1"'],
    [["query", "order"], 'Expected up, down, got "left"'],
  ]);
  for (const page of ["", "0", "-1", "1.5", "1e1", " 1", "0x1", "१", "99999999999999999999"]) {
    expect(faultsOf(`page=${encodeURIComponent(page)}`)).toMatchObject([
      [["query", "page"], expect.stringContaining("integer")],
    ]);
  }
  for (const cost of ["", "1,5", "Infinity", "1e400", "0x10", "--1", "1 "]) {
    expect(faultsOf(`cost=${encodeURIComponent(cost)}`)).toMatchObject([[["query", "cost"], expect.any(String)]]);
  }
  expect(faultsOf("page=1&page=1")).toEqual([[["query", "page"], "Expected page once, got it 2 times"]]);
});

test("times are those of RFC 3339 and of a calendar", () => {
  expect(parseTime("2026-11-20T09:15:02.412Z")).toBe(Date.UTC(2026, 10, 20, 9, 15, 2, 412));
  expect(parseTime("2026-11-20T09:15:02.4129999+05:30")).toBe(Date.UTC(2026, 10, 20, 3, 45, 2, 412));
  expect(parseTime("2026-11-20 09:15")).toBe(Date.UTC(2026, 10, 20, 9, 15));
  expect(parseTime("2028-02-29")).toBe(Date.UTC(2028, 1, 29));
  for (const text of [
    "2026-02-29",
    "2026-13-01",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:00+99:00",
    "1700000000000",
    "2026-1-1",
    "20 Nov 2026",
    "2026-01-01Z",
    "",
  ]) {
    expect([text, parseTime(text)]).toEqual([text, null]);
  }
});

test("every instant survives being written and read", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("9999-01-01"), noInvalidDate: true }), (date) => {
      expect(parseTime(date.toISOString())).toBe(date.getTime());
    }),
  );
});
