import { expect, test } from "bun:test";
import fc from "fast-check";
import { calendarWindow, isTimeZone } from "./calendar-window.ts";

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const HOUR_MS = 3_600_000;

test.each([
  ["hour", "UTC", "2026-10-20T12:34", "2026-10-20T12:00", "2026-10-20T13:00"],
  ["day", "UTC", "2026-10-20T12:34", "2026-10-20T00:00", "2026-10-21T00:00"],
  ["week", "UTC", "2026-10-20T12:34", "2026-10-19T00:00", "2026-10-26T00:00"],
  ["week", "UTC", "2026-10-18T23:59", "2026-10-12T00:00", "2026-10-19T00:00"],
  ["month", "UTC", "2026-12-31T23:59", "2026-12-01T00:00", "2027-01-01T00:00"],
  ["month", "UTC", "2028-02-29T23:59", "2028-02-01T00:00", "2028-03-01T00:00"],
  // Berlin leaves summer time on 25 October 2026 at 01:00 UTC, and begins it on 29 March.
  ["day", "Europe/Berlin", "2026-10-25T12:00", "2026-10-24T22:00", "2026-10-25T23:00"],
  ["day", "Europe/Berlin", "2026-03-29T12:00", "2026-03-28T23:00", "2026-03-29T22:00"],
  ["month", "Europe/Berlin", "2026-10-31T22:59", "2026-09-30T22:00", "2026-10-31T23:00"],
  ["hour", "Asia/Kolkata", "2026-10-20T12:34", "2026-10-20T12:30", "2026-10-20T13:30"],
  // Midnight is left out there when summer time begins.
  ["day", "America/Asuncion", "2024-10-06T12:00", "2024-10-06T04:00", "2024-10-07T03:00"],
] as const)("the %s of %s at %s", (unit, zone, ...[at, start, end]) => {
  const { startMs, endMs } = calendarWindow(unit, zone, Date.parse(`${at}Z`));
  expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
});

test("windows follow one another without gap or overlap, and hold the moment they were asked for", () => {
  const zone = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
  );
  const unit = fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const);
  const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });
  fc.assert(
    fc.property(zone, unit, moment, (timeZone, each, nowMs) => {
      const { startMs, endMs } = calendarWindow(each, timeZone, nowMs);
      expect(startMs <= nowMs && nowMs < endMs).toBe(true);
      expect(calendarWindow(each, timeZone, startMs)).toEqual({ startMs, endMs });
      expect(calendarWindow(each, timeZone, endMs - 1)).toEqual({ startMs, endMs });
      if (each !== "hour") expect(calendarWindow(each, timeZone, endMs).startMs).toBe(endMs);
      expect(endMs - startMs).toBeLessThanOrEqual(32 * 24 * HOUR_MS);
    }),
    { numRuns: 300 },
  );
});

test("time zones are known by their names", () => {
  expect(["UTC", "Europe/Berlin", "Mars", "", "Europe/Berlin; x"].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
