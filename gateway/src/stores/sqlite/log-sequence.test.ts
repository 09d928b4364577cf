import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { firstSequence, idTimeMs, sequenceAt } from "./log-sequence.ts";

const uuidV7 = fc
  .record({
    timeMs: fc.integer({ min: 1_577_836_800_000, max: 3_000_000_000_000 }),
    bits: fc.nat(0xfff),
    low: fc.nat(),
  })
  .map(({ timeMs, bits, low }) => {
    const time = timeMs.toString(16).padStart(12, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.toString(16).padStart(3, "0")}-8000-${low.toString(16).padStart(12, "0")}`;
  });

test("sequences are safe integers in the order of ids, and inside their millisecond", () => {
  fc.assert(
    fc.property(uuidV7, uuidV7, (left, right) => {
      const [first, second] = [firstSequence(left) as number, firstSequence(right) as number];
      expect(Number.isSafeInteger(first)).toBe(true);
      if (first !== second) expect(first < second).toBe(left < right);
      expect(first).toBeGreaterThanOrEqual(sequenceAt(idTimeMs(left)));
      expect(first).toBeLessThan(sequenceAt(idTimeMs(left) + 1));
    }),
  );
});

test("times out of reach take the nearest place, and what is no id has none", () => {
  expect(sequenceAt(0)).toBe(0);
  expect(Number.isSafeInteger(firstSequence("ffffffff-ffff-7fff-8000-000000000000"))).toBe(true);
  for (const id of [
    "",
    "x",
    "0190c6f0-0000-7000-8000-00000000000",
    "0190C6F0-0000-7000-8000-000000000001",
    "1; DROP",
  ]) {
    expect(firstSequence(id)).toBeNull();
  }
});
