import { expect, test } from "bun:test";
import fc from "fast-check";
import { bucketStartsMs, isTimeZone, type AnalyticsInterval } from "./time-buckets.ts";

function starts(interval: AnalyticsInterval, [from, to]: [string, string], timeZone = "UTC"): string[] {
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to), timeZone };
  return (bucketStartsMs(interval, range, 1000) ?? []).map((ms) => new Date(ms).toISOString().slice(0, 16));
}

test("intervals up to an hour lie on whole ones", () => {
  expect(starts("fifteen_minutes", ["2026-03-01T10:20:00Z", "2026-03-01T11:00:00Z"])).toEqual([
    "2026-03-01T10:15",
    "2026-03-01T10:30",
    "2026-03-01T10:45",
  ]);
  expect(starts("hour", ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"])).toEqual(["2026-03-01T10:00"]);
});

test("days follow the clock of the zone when it is put forward and back", () => {
  expect(starts("day", ["2026-03-28T12:00:00Z", "2026-03-31T00:00:00Z"], "Europe/Amsterdam")).toEqual([
    "2026-03-27T23:00",
    "2026-03-28T23:00",
    "2026-03-29T22:00",
    "2026-03-30T22:00",
  ]);
  expect(starts("day", ["2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"], "Europe/Amsterdam")).toEqual([
    "2026-10-23T22:00",
    "2026-10-24T22:00",
    "2026-10-25T23:00",
  ]);
  // Midnight does not exist there: the clock goes from 24:00 to 1:00.
  expect(starts("day", ["2026-04-23T12:00:00Z", "2026-04-24T12:00:00Z"], "Africa/Cairo")[1]).toBe("2026-04-23T22:00");
  // A whole day is missing: 30 December 2011.
  expect(starts("day", ["2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"], "Pacific/Apia")).toEqual([
    "2011-12-29T10:00",
    "2011-12-30T10:00",
    "2011-12-31T10:00",
  ]);
});

test("weeks begin on Monday, months on the first, both in the zone", () => {
  expect(starts("week", ["2026-03-04T00:00:00Z", "2026-03-16T12:00:00Z"], "Asia/Kolkata")).toEqual([
    "2026-03-01T18:30",
    "2026-03-08T18:30",
    "2026-03-15T18:30",
  ]);
  expect(starts("month", ["2026-01-31T12:00:00Z", "2026-04-01T12:00:00Z"], "America/New_York")).toEqual([
    "2026-01-01T05:00",
    "2026-02-01T05:00",
    "2026-03-01T05:00",
    "2026-04-01T04:00",
  ]);
});

test("every moment of a range lies in exactly one bucket", () => {
  const zone = fc.constantFrom("UTC", "Europe/Amsterdam", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe");
  const interval = fc.constantFrom<AnalyticsInterval>("hour", "day", "week", "month");
  fc.assert(
    fc.property(zone, interval, fc.integer({ min: 0, max: 60_000_000 }), (timeZone, width, fromMinute) => {
      const fromMs = fromMinute * 60_000;
      const toMs = fromMs + 40 * 86_400_000;
      const list = bucketStartsMs(width, { fromMs, toMs, timeZone }, 2000) as number[];
      expect(list[0]).toBeLessThanOrEqual(fromMs);
      expect(list[1] ?? Infinity).toBeGreaterThan(fromMs);
      expect(list.at(-1)).toBeLessThan(toMs);
      for (const [index, start] of list.slice(1).entries()) expect(start).toBeGreaterThan(list[index] as number);
    }),
    { numRuns: 60 },
  );
});

test("too many buckets and unknown zones are told", () => {
  expect(bucketStartsMs("minute", { fromMs: 0, toMs: 3_600_000, timeZone: "UTC" }, 60)).toHaveLength(60);
  expect(bucketStartsMs("minute", { fromMs: 0, toMs: 3_660_000, timeZone: "UTC" }, 60)).toBeNull();
  expect([isTimeZone("Europe/Amsterdam"), isTimeZone("+05:30"), isTimeZone("Mars/Olympus")]).toEqual([
    true,
    true,
    false,
  ]);
});
