import { expect, test } from "bun:test";
import fc from "fast-check";
import { encodeLatencyBuckets, LATENCY_RELATIVE_ERROR, latencyBucket, LatencySketch } from "./latency-sketch.ts";

const durations = fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), { minLength: 1, maxLength: 300 });
const quantiles = fc.double({ min: 0, max: 1, noNaN: true });

test("a quantile is within the stated error of the exact one", () => {
  fc.assert(
    fc.property(durations, quantiles, (values, quantile) => {
      const sketch = new LatencySketch();
      for (const value of values) sketch.add(value);
      const sorted = values.toSorted((left, right) => left - right);
      const exact = sorted[Math.max(1, Math.ceil(quantile * values.length)) - 1] as number;
      const estimate = sketch.quantile(quantile) as number;
      if (exact <= 0.1) expect(estimate).toBe(0.05);
      else expect(Math.abs(estimate - exact) / exact).toBeLessThanOrEqual(LATENCY_RELATIVE_ERROR + 1e-6);
    }),
  );
  expect(LATENCY_RELATIVE_ERROR).toBeLessThan(0.02);
});

test("parts encoded, joined as bytes and merged in any order are the whole", () => {
  fc.assert(
    fc.property(fc.array(durations, { maxLength: 8 }), (parts) => {
      const whole = new LatencySketch();
      for (const value of parts.flat()) whole.add(value);
      const joined = new LatencySketch();
      joined.merge(Buffer.concat(parts.map((part) => encodeLatencyBuckets(part.map(latencyBucket)))));
      const merged = new LatencySketch();
      for (const part of parts.toReversed()) merged.merge(encodeLatencyBuckets(part.map(latencyBucket)));
      for (const sketch of [joined, merged]) {
        expect(sketch.count).toBe(whole.count);
        expect(sketch.encode()).toEqual(whole.encode());
      }
    }),
  );
});

test("a thousand durations of a usual service take less than 600 bytes", () => {
  const buckets = Array.from({ length: 1000 }, (_, index) => latencyBucket(40 * Math.exp((index % 97) / 15)));
  expect(encodeLatencyBuckets(buckets).length).toBeLessThan(600);
});

test("an empty sketch has no quantile, a torn one does not hang, absurd times count as the longest", () => {
  const sketch = new LatencySketch();
  expect(sketch.quantile(0.5)).toBeNull();
  expect(sketch.encode()).toHaveLength(0);
  sketch.merge(encodeLatencyBuckets([3, 400]).subarray(0, 4));
  expect(sketch.count).toBeGreaterThan(0);
  expect(latencyBucket(Number.MAX_VALUE)).toBe(latencyBucket(30 * 86_400_000));
  expect(latencyBucket(Number.NaN)).toBe(0);
  expect(latencyBucket(-1)).toBe(0);
});
