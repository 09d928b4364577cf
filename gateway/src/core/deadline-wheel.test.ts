import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DeadlineWheel, type Watched } from "./deadline-wheel.ts";

/** Buckets of the tests, in milliseconds of the fake clock; the wheel's own timer turns as often in real time. */
const RESOLUTION_MS = 2;
let nowMs = 0;
let wheels: DeadlineWheel[] = [];

function openWheel(): DeadlineWheel {
  nowMs = 0;
  const wheel = new DeadlineWheel({ nowMs: () => nowMs, monotonicMs: () => nowMs }, RESOLUTION_MS);
  wheels.push(wheel);
  return wheel;
}

function entry(deadlineMs: number): Watched & { firedAtMs: number[] } {
  const firedAtMs: number[] = [];
  return { deadlineMs, firedAtMs, onDeadline: () => void firedAtMs.push(nowMs) };
}

/** Moves the fake clock and lets the wheel's timer see it. */
async function advanceTo(timeMs: number): Promise<void> {
  nowMs = timeMs;
  await Bun.sleep(RESOLUTION_MS * 4);
}

afterEach(() => {
  for (const wheel of wheels) wheel.stop();
  wheels = [];
});

describe("DeadlineWheel", () => {
  test("fires once, not before the deadline, and lets go", async () => {
    const wheel = openWheel();
    const watched = entry(100);
    wheel.watch(watched);
    expect(wheel.size).toBe(1);
    await advanceTo(99.9);
    expect(watched.firedAtMs).toEqual([]);
    await advanceTo(100 + RESOLUTION_MS);
    expect(watched.firedAtMs).toEqual([100 + RESOLUTION_MS]);
    expect(wheel.size).toBe(0);
    await advanceTo(500);
    expect(watched.firedAtMs).toHaveLength(1);
  });

  test("a deadline moved later without telling is kept", async () => {
    const wheel = openWheel();
    const watched = entry(50);
    wheel.watch(watched);
    watched.deadlineMs = 300;
    await advanceTo(200);
    expect([watched.firedAtMs.length, wheel.size]).toEqual([0, 1]);
    await advanceTo(302);
    expect(watched.firedAtMs).toEqual([302]);
  });

  test("a deadline moved nearer counts from watch on", async () => {
    const wheel = openWheel();
    const watched = entry(10_000);
    wheel.watch(watched);
    watched.deadlineMs = 20;
    wheel.watch(watched);
    expect(wheel.size).toBe(1);
    await advanceTo(24);
    expect(watched.firedAtMs).toEqual([24]);
  });

  test("an entry let go of, made infinite, or infinite from the start never fires", async () => {
    const wheel = openWheel();
    const [left, paused, never] = [entry(10), entry(10), entry(Number.POSITIVE_INFINITY)];
    for (const watched of [left, paused, never]) wheel.watch(watched);
    wheel.unwatch(left);
    wheel.unwatch(left);
    paused.deadlineMs = Number.POSITIVE_INFINITY;
    await advanceTo(1000);
    expect([left.firedAtMs, paused.firedAtMs, never.firedAtMs]).toEqual([[], [], []]);
    expect(wheel.size).toBe(0);
  });

  test("a deadline that has passed already fires at the next turn", async () => {
    const wheel = openWheel();
    nowMs = 500;
    const watched = entry(3);
    wheel.watch(watched);
    await advanceTo(504);
    expect(watched.firedAtMs).toEqual([504]);
  });

  test("an entry may watch itself again, and let go of others, while it fires", async () => {
    const wheel = openWheel();
    const rivals = Array.from({ length: 5 }, () => {
      const rival = { deadlineMs: 10, fired: 0, onDeadline: () => {} };
      rival.onDeadline = () => {
        rival.fired += 1;
        for (const other of rivals) wheel.unwatch(other);
        rival.deadlineMs = nowMs + 10;
        if (rival.fired < 3) wheel.watch(rival);
      };
      return rival;
    });
    for (const rival of rivals) wheel.watch(rival);
    for (const timeMs of [14, 28, 42, 100]) await advanceTo(timeMs);
    expect(rivals.map((rival) => rival.fired).toSorted()).toEqual([0, 0, 0, 0, 3]);
    expect(wheel.size).toBe(0);
  });

  test("wakes up after it had nothing to watch for long", async () => {
    const wheel = openWheel();
    const first = entry(10);
    wheel.watch(first);
    await advanceTo(20);
    await advanceTo(1_000_000);
    const second = entry(1_000_010);
    wheel.watch(second);
    await advanceTo(1_000_009);
    expect(second.firedAtMs).toEqual([]);
    await advanceTo(1_000_014);
    expect(second.firedAtMs).toEqual([1_000_014]);
  });

  test("never early, never forgotten, for any deadlines and any steps of time", async () => {
    const cases = fc.sample(
      fc.record({
        deadlines: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 }),
        steps: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 4 }),
      }),
      12,
    );
    for (const { deadlines, steps } of cases) {
      const wheel = openWheel();
      const entries = deadlines.map((deadlineMs) => entry(deadlineMs));
      for (const watched of entries) wheel.watch(watched);
      for (const step of steps) {
        await advanceTo(nowMs + step);
        for (const watched of entries) {
          if (watched.firedAtMs.length === 0) expect(watched.deadlineMs).toBeGreaterThan(nowMs - 2 * RESOLUTION_MS);
          else expect(watched.firedAtMs[0]).toBeGreaterThanOrEqual(watched.deadlineMs);
        }
      }
      await advanceTo(1000);
      expect(entries.map((watched) => watched.firedAtMs.length)).toEqual(deadlines.map(() => 1));
      expect(wheel.size).toBe(0);
    }
  });

  test("stop forgets everything", async () => {
    const wheel = openWheel();
    const watched = entry(10);
    wheel.watch(watched);
    wheel.stop();
    await advanceTo(100);
    expect([watched.firedAtMs.length, wheel.size]).toEqual([0, 0]);
  });
});
