import { expect, test } from "bun:test";
import fc from "fast-check";
import { planSpans, plannedBuckets, type ReadableTier } from "./plan-spans.ts";
import { tierWidthMs } from "./roll-up-tables.ts";

const always = { keptFrom: 0, completeUntil: Number.POSITIVE_INFINITY };
const day = Date.UTC(2026, 2, 29);
const hour = 3_600_000;

function spans(tiers: readonly ReadableTier[], fromMs: number, toMs: number): string[] {
  return planSpans(tiers, { fromMs, toMs, bucketStartsMs: null }).spans.map(({ tier, from, until }) => {
    const at = (step: number): string => new Date(step * tierWidthMs[tier]).toISOString().slice(5, 16);
    return `${tier} ${at(from)} ${at(until)}`;
  });
}

const allTiers: ReadableTier[] = [
  { tier: "minutes", ...always },
  { tier: "hours", ...always },
  { tier: "days", ...always },
];

test("the inside is read in the widest steps, the ends in narrower ones", () => {
  expect(spans(allTiers, day - 90 * 60_000, day + 50 * hour + 60_000)).toEqual([
    "minutes 03-28T22:30 03-28T23:00",
    "hours 03-28T23:00 03-29T00:00",
    "days 03-29T00:00 03-31T00:00",
    "hours 03-31T00:00 03-31T02:00",
    "minutes 03-31T02:00 03-31T02:01",
  ]);
});

test("what a tier does not hold yet is read from the finer one", () => {
  const days = { tier: "days", keptFrom: 0, completeUntil: day / tierWidthMs.days + 1 } as const;
  const hours = { tier: "hours", keptFrom: 0, completeUntil: day / hour + 30 } as const;
  expect(spans([allTiers[0] as ReadableTier, hours, days], day, day + 48 * hour)).toEqual([
    "days 03-29T00:00 03-30T00:00",
    "hours 03-30T00:00 03-30T06:00",
    "minutes 03-30T06:00 03-31T00:00",
  ]);
});

test("where minutes are gone, ends and buckets move to the hour before", () => {
  const minutes = { tier: "minutes", ...always, keptFrom: (day + 24 * hour) / 60_000 } as const;
  const tiers = [minutes, ...allTiers.slice(1)];
  const range = {
    fromMs: day + 20 * 60_000,
    toMs: day + 2 * hour + 1,
    bucketStartsMs: [day, day + hour / 2, day + hour],
  };
  const plan = planSpans(tiers, range);
  expect([plan.fromMs, plan.toMs]).toEqual([day, day + 3 * hour]);
  const { starts, startOf } = plannedBuckets(plan);
  expect(starts).toEqual([day, day + hour]);
  expect(startOf(day)).toBe(day);
});

test("every minute of a range is read exactly once, and from one bucket only", () => {
  const minute = fc.integer({ min: 0, max: 20_000 });
  const kept = fc.integer({ min: 0, max: 8 });
  const cuts = fc.uniqueArray(minute, { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.record({ first: minute, length: minute, days: kept, cuts }),
      ({ first, length, days, cuts: cutsAt }) => {
        const tiers: ReadableTier[] = [
          { tier: "minutes", ...always, keptFrom: days * 1440 },
          { tier: "hours", keptFrom: 0, completeUntil: days * 24 + 30 },
          { tier: "days", keptFrom: 0, completeUntil: days },
        ];
        const fromMs = first * 60_000;
        const bucketStartsMs = [fromMs, ...cutsAt.map((cut) => fromMs + cut * 60_000)].toSorted((a, b) => a - b);
        const plan = planSpans(tiers, { fromMs, toMs: fromMs + length * 60_000, bucketStartsMs });
        let position = plan.fromMs;
        for (const { tier, from, until } of plan.spans) {
          expect(from * tierWidthMs[tier]).toBe(position);
          position = until * tierWidthMs[tier];
          for (const start of plannedBuckets(plan).starts ?? []) {
            const step = start / tierWidthMs[tier];
            if (step > from && step < until) expect(Number.isInteger(step)).toBe(true);
          }
        }
        expect(position).toBe(plan.toMs);
      },
    ),
    { numRuns: 500 },
  );
});
