import { expect, test } from "bun:test";
import fc from "fast-check";
import { DISTINCT_STANDARD_ERROR, DistinctCounter, distinctEntry, encodeDistinctEntries } from "./distinct-counter.ts";

function counterOf(values: Iterable<string>): DistinctCounter {
  const counter = new DistinctCounter();
  for (const value of values) counter.add(value);
  return counter;
}

function* names(prefix: string, count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield `${prefix}-${index}`;
}

test("over many sizes the error is what is stated", () => {
  const errors: number[] = [];
  for (const size of [100, 1000, 3000, 10_000, 40_000, 200_000]) {
    for (let round = 0; round < (size > 50_000 ? 2 : 12); round++) {
      const error = counterOf(names(`${round}/${size}`, size)).estimate() / size - 1;
      expect(Math.abs(error)).toBeLessThan(4 * DISTINCT_STANDARD_ERROR);
      errors.push(error);
    }
  }
  const rootMeanSquare = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  expect(rootMeanSquare).toBeLessThan(1.2 * DISTINCT_STANDARD_ERROR);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  expect(Math.abs(mean)).toBeLessThan(DISTINCT_STANDARD_ERROR / 2);
});

test("a handful of values is counted exactly, repeats once", () => {
  expect(new DistinctCounter().estimate()).toBe(0);
  for (const size of [1, 2, 10, 20]) {
    expect(counterOf([...names("user", size), ...names("user", size)]).estimate()).toBe(size);
  }
});

test("parts encoded, joined as bytes and merged in any order are the whole", () => {
  const parts = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, fc.nat({ max: 2000 }), (sizes, extra) => {
      const sets = sizes.map((size, index) => [...names(`part${index % 2}`, size)]);
      const late = [...names("late", extra)];
      const whole = counterOf([...sets.flat(), ...late]);
      const merged = new DistinctCounter();
      const appended = encodeDistinctEntries(late.map(distinctEntry));
      for (const [index, set] of sets.entries()) {
        const encoded = counterOf(set).encode();
        merged.merge(index === 0 ? Buffer.concat([encoded, appended]) : encoded);
      }
      expect(merged.estimate()).toBe(whole.estimate());
      const again = new DistinctCounter();
      again.merge(merged.encode());
      expect(again.estimate()).toBe(whole.estimate());
    }),
    { numRuns: 30 },
  );
});

test("never more than registers and their mark", () => {
  expect(counterOf(names("user", 50_000)).encode()).toHaveLength(4097);
  expect(counterOf(names("user", 1000)).encode().length).toBeLessThanOrEqual(3000);
});
