import { expect, test } from "bun:test";
import { rangeAt, rangeBefore, readRange, stepFor } from "./time-range.ts";

test("ranges of a URL that make no sense fall back", () => {
  expect(readRange({ range: "1h" }, "24h")).toEqual({ range: "1h" });
  expect(readRange({ range: "toString" }, "24h")).toEqual({ range: "24h" });
  expect(readRange({ from: 10, to: 5 }, "24h")).toEqual({ range: "24h" });
  expect(readRange({ from: "10", to: 50 })).toEqual({});
  expect(readRange({ from: 10, to: 50, range: "1h" })).toEqual({ from: 10, to: 50 });
  expect(readRange({ from: 1, to: 1e300 })).toEqual({});
});

test("moments of a range, and of the one before", () => {
  expect(rangeAt({}, 1000)).toBeNull();
  expect(rangeAt({ range: "1h" }, 3_600_000)).toEqual({ fromMs: 0, toMs: 3_600_000 });
  expect(rangeAt({ from: 1, to: 2 }, 9)).toEqual({ fromMs: 1, toMs: 2 });
  expect(rangeBefore({ fromMs: 100, toMs: 150 })).toEqual({ fromMs: 50, toMs: 100 });
});

test("steps keep charts below two hundred points, unless there are more days than that", () => {
  const named = (hours: number): string => stepFor({ fromMs: 0, toMs: hours * 3_600_000 }).name;
  expect([0.25, 1, 6, 24, 168, 720, 8760].map(named)).toEqual([
    "minute",
    "minute",
    "five_minutes",
    "fifteen_minutes",
    "hour",
    "day",
    "day",
  ]);
});
