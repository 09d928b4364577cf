import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CounterStore, CounterWindow, Meter, Reservation, Take } from "../../src/stores/ports/counter-store.ts";

/** Both clocks of a store under test; a test moves them. */
export interface TestClock {
  /** Wall clock, Unix milliseconds. */
  wallMs: number;
  /** Milliseconds that really went by. */
  uptimeMs: number;
}

/** A new empty store that goes by `clock`. */
export interface CounterStoreUnderTest {
  readonly store: CounterStore;
  readonly dispose: () => void;
}

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 9, 20, 12, 0);

/** The clock-aligned minute that a moment lies in. */
const minuteOf = (wallMs: number): CounterWindow => {
  const startMs = Math.floor(wallMs / MINUTE_MS) * MINUTE_MS;
  return { kind: "fixed", startMs, endMs: startMs + MINUTE_MS };
};
const windowOf = (kind: CounterWindow["kind"], wallMs: number): CounterWindow => {
  if (kind === "fixed") return minuteOf(wallMs);
  if (kind === "sliding") return { kind, lengthMs: MINUTE_MS };
  return kind === "bucket" ? { kind, fillMs: MINUTE_MS } : { kind };
};
const kinds = ["fixed", "sliding", "bucket", "concurrent"] as const;

class Bench {
  readonly clock: TestClock = { wallMs: START_MS, uptimeMs: 5_000_000 };
  readonly #store: CounterStore;
  constructor(openStore: (clock: TestClock) => CounterStore) {
    this.#store = openStore(this.clock);
  }
  meter(kind: CounterWindow["kind"], limit: number, key = `${kind} meter`): Meter {
    return { key, limit, isLasting: false, window: windowOf(kind, this.clock.wallMs) };
  }
  take(meter: Meter, amount = 1, more: Partial<Take> = {}) {
    return this.#store.take([{ meter, amount, mode: "enforce", isHeld: false, ...more }], this.clock.wallMs);
  }
  async admitted(meter: () => Meter, times: number): Promise<number> {
    let count = 0;
    for (let index = 0; index < times; index += 1) if ((await this.take(meter())).isAdmitted) count += 1;
    return count;
  }
  pass(ms: number): void {
    this.clock.wallMs += ms;
    this.clock.uptimeMs += ms;
  }
  get store(): CounterStore {
    return this.#store;
  }
}

/** What every adapter of the port `CounterStore` has to do. */
export function describeCounterStore(adapter: string, open: (clock: TestClock) => CounterStoreUnderTest): void {
  const withBench = (run: (bench: Bench) => Promise<void>) => async (): Promise<void> => {
    const opened: CounterStoreUnderTest[] = [];
    const bench = new Bench((clock) => {
      opened.push(open(clock));
      return (opened[0] as CounterStoreUnderTest).store;
    });
    try {
      await run(bench);
    } finally {
      opened[0]?.dispose();
    }
  };

  describe(`counter store: ${adapter}`, () => {
    test.each(kinds)("%s: a limit of 10 is 10", (kind) =>
      withBench(async (bench) => {
        expect(await bench.admitted(() => bench.meter(kind, 10), 25)).toBe(10);
        const { isAdmitted, standings, reservation } = await bench.take(bench.meter(kind, 10));
        expect({ isAdmitted, reservation }).toEqual({ isAdmitted: false, reservation: null });
        expect(standings).toMatchObject([{ isOver: true, used: 10, remaining: 0 }]);
      })(),
    );

    test.each(kinds)("%s: an amount fits or does not, and what is left is told", (kind) =>
      withBench(async (bench) => {
        const first = await bench.take(bench.meter(kind, 10), 7);
        expect(first.standings).toMatchObject([{ isOver: false, used: 7, remaining: 3 }]);
        expect((await bench.take(bench.meter(kind, 10), 4)).isAdmitted).toBe(false);
        expect((await bench.take(bench.meter(kind, 10), 3)).isAdmitted).toBe(true);
        expect((await bench.take(bench.meter(kind, 10), 0)).isAdmitted).toBe(true);
        expect(await bench.admitted(() => bench.meter(kind, 0, "nothing"), 3)).toBe(0);
      })(),
    );

    test.each(kinds)("%s: one refusal counts nothing of all", (kind) =>
      withBench(async (bench) => {
        const [free, full] = [bench.meter(kind, 10, "free"), bench.meter(kind, 1, "full")];
        const both = (): readonly Take[] =>
          [free, full].map((meter) => ({ meter, amount: 1, mode: "enforce", isHeld: false }));
        expect((await bench.store.take(both(), bench.clock.wallMs)).isAdmitted).toBe(true);
        const second = await bench.store.take(both(), bench.clock.wallMs);
        expect(second).toMatchObject({ isAdmitted: false, reservation: null });
        expect(second.standings).toMatchObject([
          { isOver: false, used: 1 },
          { isOver: true, used: 1 },
        ]);
        const turned = await bench.store.take(both().toReversed(), bench.clock.wallMs);
        expect(turned.standings).toMatchObject([{ isOver: true }, { isOver: false, used: 1 }]);
        expect(await bench.store.peek(both(), bench.clock.wallMs)).toMatchObject([{ used: 1 }, { used: 1 }]);
      })(),
    );

    test.each(kinds)("%s: shadow refuses nobody and is not counted beyond the limit; count always is", (kind) =>
      withBench(async (bench) => {
        const meter = bench.meter(kind, 2);
        const over: boolean[] = [];
        for (let index = 0; index < 4; index += 1) {
          const { isAdmitted, standings } = await bench.take(meter, 1, { mode: "shadow" });
          expect(isAdmitted).toBe(true);
          over.push(standings[0]?.isOver === true);
        }
        expect(over).toEqual([false, false, true, true]);
        expect((await bench.take(meter, 5, { mode: "count" })).standings).toMatchObject([
          { isOver: true, remaining: 0 },
        ]);
        const [standing] = await bench.store.peek(
          [{ meter, amount: 0, mode: "enforce", isHeld: false }],
          bench.clock.wallMs,
        );
        expect(standing?.used).toBe(7);
      })(),
    );

    test(
      "a fixed window is free again when the clock reaches its end",
      withBench(async (bench) => {
        bench.pass(50_000);
        const meter = (): Meter => bench.meter("fixed", 3);
        expect(await bench.admitted(meter, 5)).toBe(3);
        expect((await bench.take(meter())).standings[0]?.resetMs).toBe(10_000);
        bench.pass(9999);
        expect(await bench.admitted(meter, 1)).toBe(0);
        bench.pass(1);
        expect(await bench.admitted(meter, 5)).toBe(3);
      }),
    );

    test(
      "a sliding window forgets what is older than its length, not before, and a 128th of it later at most",
      withBench(async (bench) => {
        const meter = (): Meter => bench.meter("sliding", 3);
        expect(await bench.admitted(meter, 2)).toBe(2);
        bench.pass(30_000);
        expect(await bench.admitted(meter, 2)).toBe(1);
        const { resetMs } = (await bench.take(meter())).standings[0] as { resetMs: number };
        expect(resetMs).toBeGreaterThanOrEqual(30_000);
        expect(resetMs).toBeLessThanOrEqual(30_000 + MINUTE_MS / 128);
        bench.pass(29_999);
        expect(await bench.admitted(meter, 1)).toBe(0);
        bench.pass(resetMs - 29_999);
        expect(await bench.admitted(meter, 5)).toBe(2);
        bench.pass(MINUTE_MS * 3);
        expect(await bench.admitted(meter, 5)).toBe(3);
      }),
    );

    test(
      "a bucket fills evenly",
      withBench(async (bench) => {
        const meter = (): Meter => bench.meter("bucket", 60);
        expect(await bench.admitted(meter, 100)).toBe(60);
        expect((await bench.take(meter(), 5)).standings[0]?.resetMs).toBeCloseTo(5000, 0);
        bench.pass(999);
        expect(await bench.admitted(meter, 1)).toBe(0);
        bench.pass(1);
        expect(await bench.admitted(meter, 2)).toBe(1);
        bench.pass(30_000);
        expect(await bench.admitted(meter, 100)).toBe(30);
        bench.pass(MINUTE_MS * 10);
        expect(await bench.admitted(meter, 100)).toBe(60);
      }),
    );

    test(
      "what runs at once is counted until it is settled",
      withBench(async (bench) => {
        const meter = bench.meter("concurrent", 2);
        const first = await bench.take(meter);
        expect((await bench.take(meter)).isAdmitted).toBe(true);
        bench.pass(MINUTE_MS * 60 * 24);
        expect((await bench.take(meter)).isAdmitted).toBe(false);
        await bench.store.settle(first.reservation as Reservation, [1]);
        expect((await bench.take(meter)).standings).toMatchObject([{ used: 2, held: 2 }]);
        expect((await bench.take(meter)).isAdmitted).toBe(false);
      }),
    );

    test.each(["fixed", "sliding", "bucket"] as const)("%s: what is settled counts as it really was, once", (kind) =>
      withBench(async (bench) => {
        const meter = bench.meter(kind, 100);
        const [high, low, kept] = [
          await bench.take(meter, 40, { isHeld: true }),
          await bench.take(meter, 20, { isHeld: true }),
          await bench.take(meter, 30, { isHeld: true }),
        ];
        expect(kept.standings).toMatchObject([{ used: 90, held: 90, remaining: 10 }]);
        const peek = async () =>
          (await bench.store.peek([{ meter, amount: 0, mode: "enforce", isHeld: false }], bench.clock.wallMs))[0];
        const settled = await bench.store.settle(high.reservation as Reservation, [10]);
        if (kind !== "bucket") expect(settled).toEqual([{ spentBefore: 0, spentAfter: 10 }]);
        expect(await peek()).toMatchObject({ used: 60, held: 50 });
        await bench.store.settle(low.reservation as Reservation, [35]);
        expect(await peek()).toMatchObject({ used: 75, held: 30 });
        expect(await bench.store.settle(low.reservation as Reservation, [0])).toBeNull();
        const last = await bench.store.settle(kept.reservation as Reservation, [null]);
        if (kind !== "bucket") expect(last).toEqual([{ spentBefore: 45, spentAfter: 75 }]);
        expect(await peek()).toMatchObject({ used: 75, held: 0, remaining: 25 });
      })(),
    );

    test.each(["fixed", "sliding"] as const)("%s: what is settled after its window leaves the next one alone", (kind) =>
      withBench(async (bench) => {
        const slow = await bench.take(bench.meter(kind, 100), 60, { isHeld: true });
        bench.pass(MINUTE_MS * 2);
        await bench.take(bench.meter(kind, 100), 10);
        await bench.store.settle(slow.reservation as Reservation, [90]);
        const [standing] = await bench.store.peek(
          [{ meter: bench.meter(kind, 100), amount: 0, mode: "enforce", isHeld: false }],
          bench.clock.wallMs,
        );
        expect(standing).toMatchObject({ used: 10, held: 0 });
      })(),
    );

    test.each([1, 59, 60, 3600, 86_400])(
      "a clock set back by %d s neither doubles a window nor keeps it for longer than its length",
      (seconds) =>
        withBench(async (bench) => {
          bench.pass(30_000);
          const meter = (): Meter => bench.meter("fixed", 5);
          expect(await bench.admitted(meter, 9)).toBe(5);
          bench.clock.wallMs -= seconds * 1000;
          expect(await bench.admitted(meter, 9)).toBe(0);
          const { resetMs } = (await bench.take(meter())).standings[0] as { resetMs: number };
          expect(resetMs).toBeGreaterThan(0);
          expect(resetMs).toBeLessThanOrEqual(MINUTE_MS);
          bench.pass(MINUTE_MS);
          expect(await bench.admitted(meter, 9)).toBe(5);
        })(),
    );

    test.each([31, 60, 3600, 86_400])(
      "a clock that jumps ahead by %d s opens no new window at once, nor when it is set right",
      (seconds) =>
        withBench(async (bench) => {
          const meter = (): Meter => bench.meter("fixed", 5);
          bench.pass(30_000);
          expect(await bench.admitted(meter, 9)).toBe(5);
          bench.clock.wallMs += seconds * 1000;
          expect(await bench.admitted(meter, 9)).toBe(0);
          bench.clock.wallMs -= seconds * 1000;
          expect(await bench.admitted(meter, 9)).toBe(0);
          bench.pass(30_000);
          expect(await bench.admitted(meter, 9)).toBe(5);
        })(),
    );

    test.each(["sliding", "bucket"] as const)("%s: does not ask the wall clock", (kind) =>
      withBench(async (bench) => {
        const meter = (): Meter => bench.meter(kind, 5);
        expect(await bench.admitted(meter, 9)).toBe(5);
        for (const jumpMs of [-3_600_000, 7_200_000]) {
          bench.clock.wallMs += jumpMs;
          expect(await bench.admitted(meter, 9)).toBe(0);
        }
        bench.pass(MINUTE_MS * 1.01);
        expect(await bench.admitted(meter, 9)).toBe(5);
      })(),
    );

    test(
      "nano-dollars are exact",
      withBench(async (bench) => {
        const meter = { ...bench.meter("fixed", 2 ** 53 - 1), isLasting: true };
        await bench.take(meter, 2 ** 53 - 3);
        expect((await bench.take(meter, 3)).isAdmitted).toBe(false);
        expect((await bench.take(meter, 2)).standings).toMatchObject([{ used: 2 ** 53 - 1, remaining: 0 }]);
      }),
    );

    test(
      "whatever is asked in whatever order, no window holds more than its limit, and none refuses what fits",
      withBench(async (bench) => {
        const step = fc.record({
          waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 90_000 })),
          kind: fc.constantFrom("fixed" as const, "sliding" as const),
          amount: fc.integer({ min: 0, max: 12 }),
        });
        let run = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
            run += 1;
            const events = { fixed: [] as [number, number][], sliding: [] as [number, number][] };
            for (const { waitMs, kind, amount } of steps) {
              bench.pass(waitMs);
              const nowMs = bench.clock.wallMs;
              const sumFrom = (fromMs: number): number =>
                events[kind].filter(([atMs]) => atMs > fromMs).reduce((sum, [, each]) => sum + each, 0);
              const startMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
              const certain = kind === "fixed" ? sumFrom(startMs - 0.5) : sumFrom(nowMs - MINUTE_MS);
              const possible = kind === "fixed" ? certain : sumFrom(nowMs - (MINUTE_MS * 129) / 128 - 1);
              const { isAdmitted } = await bench.take(bench.meter(kind, 20, `${kind} ${run}`), amount);
              if (certain + amount > 20) expect(isAdmitted).toBe(false);
              if (possible + amount <= 20) expect(isAdmitted).toBe(true);
              if (isAdmitted) events[kind].push([nowMs, amount]);
            }
          }),
          { numRuns: 150 },
        );
      }),
    );
  });
}
