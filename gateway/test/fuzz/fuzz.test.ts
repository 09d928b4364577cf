import { expect, test } from "bun:test";
import { startFuzzStand } from "./fuzz-stand.ts";
import { findText, runFuzz } from "./run-fuzz.ts";
import { caseSeed, seededRandom } from "./seeded-random.ts";

/** `node scripts/fuzz.mjs` tries a hundred thousand; this many are a slice for every day. */
const sliceCases = 2000;

test("malformed input of every kind: answered or refused by the catalogue, nothing lost, nobody reached, nothing told", async () => {
  await using stand = await startFuzzStand();
  const { finds, counts, statuses } = await runFuzz(stand, { seed: 7, from: 0, count: sliceCases });
  expect(finds.map(findText)).toEqual([]);
  expect(stand.logFaults()).toEqual([]);
  expect(Object.keys(counts)).toHaveLength(11);
  // Both what is right and what is wrong gets somewhere.
  expect(statuses["200"]).toBeGreaterThan(20);
  expect(statuses["400"]).toBeGreaterThan(200);
  expect(statuses["101"]).toBeGreaterThan(20);
  await stand.letGo();
  expect(stand.strangerConnections()).toBe(0);
}, 120_000);

test("a case comes out the same for the same seed, and another one for another", () => {
  const drawn = (seed: number, index: number): number[] => {
    const random = seededRandom(caseSeed(seed, index));
    return Array.from({ length: 8 }, () => random.below(1_000_000));
  };
  expect(drawn(1, 5)).toEqual(drawn(1, 5));
  expect(drawn(1, 5)).not.toEqual(drawn(1, 6));
  expect(drawn(1, 5)).not.toEqual(drawn(2, 5));
});
