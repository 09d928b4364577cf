import { expect, test } from "bun:test";
import {
  formatAxisTime,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatShare,
  formatShort,
  formatShortTime,
  formatTime,
  formatUsd,
  NOTHING,
} from "./format.ts";

/** Digits, whatever the viewer's locale puts between them. */
const digits = (text: string): string => text.replaceAll(/[^\d]/g, "");

test("what is not known is shown as nothing", () => {
  for (const format of [
    formatBytes,
    formatClock,
    formatCount,
    formatDuration,
    formatShare,
    formatShort,
    formatShortTime,
    formatTime,
    formatUsd,
  ])
    expect([format(null), format(undefined)]).toEqual([NOTHING, NOTHING]);
  expect(formatShare(Number.NaN)).toBe(NOTHING);
});

test("small amounts of money keep the digits that tell them from nothing", () => {
  expect(digits(formatUsd(0))).toBe("000");
  expect(digits(formatUsd(1234.5))).toBe("123450");
  expect(digits(formatUsd(0.0000045))).toBe("00000045");
  expect(digits(formatUsd(0.0000793))).toBe("00000793");
});

test("durations and sizes take the unit that reads best", () => {
  expect([0, 999, 1230, 123_000].map(formatDuration)).toEqual(["0 ms", "999 ms", "1.23 s", "2 min 3 s"]);
  expect([119_999, 3_900_000, 714_240_000, 3_600_000, 86_400_000].map(formatDuration)).toEqual([
    "2 min",
    "1 h 5 min",
    "8 d 6 h",
    "1 h",
    "1 d",
  ]);
  expect([0, 999, 3400, 5_600_000].map(formatBytes)).toEqual(["0 B", "999 B", "3.4 KB", "5.6 MB"]);
});

test("counts and shares", () => {
  expect(digits(formatCount(12_345))).toBe("12345");
  expect(digits(formatShort(12_345))).toBe("123");
  expect(digits(formatShare(0.123))).toBe("123");
  expect(formatAxisTime(0, 3_600_000)).toContain(":");
  expect(formatAxisTime(0, 7 * 86_400_000)).not.toContain(":");
  expect(digits(formatClock(0)).length).toBeGreaterThan(4);
  expect(digits(formatShortTime(0)).length).toBeGreaterThan(digits(formatShortTime(Date.now())).length);
});
