import { expect, test } from "bun:test";
import { lineThrough, percentile, slopeOf, spreadOver } from "./figures.ts";

test("a spread holds median, least and greatest of the rounds that have the figure", () => {
  const spread = spreadOver([{ a: 5, b: 1 }, { a: 1 }, { a: 9, b: Number.NaN }, { a: 7 }]);
  expect(spread).toEqual({ a: { median: 6, min: 1, max: 9, rounds: 4 }, b: { median: 1, min: 1, max: 1, rounds: 1 } });
});

test("percentiles are values that were measured", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

test("the slope of a noisy line is the line's", () => {
  const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: 3 + 0.25 * x + (x % 2 === 0 ? 1 : -1) }));
  expect(slopeOf(points)).toBeCloseTo(0.25, 3);
  expect(slopeOf([{ x: 1, y: 2 }])).toBeNaN();
  // Residuals of 1 each over a variance of n³ / 12.
  expect(lineThrough(points).standardError).toBeCloseTo(Math.sqrt(12) / 1000 ** 1.5, 5);
  expect(lineThrough(points.slice(0, 2)).standardError).toBeNaN();
});
