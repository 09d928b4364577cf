import type { Clock } from "../../src/core/clock.ts";

/** A clock that a test moves; between moves it stands still for the wall and goes on for durations, so that time-outs work. */
export interface TestClock extends Clock {
  /** Lets time pass. */
  pass(ms: number): void;
}

/** @param startMs what the wall clock shows at first, Unix milliseconds. */
export function createTestClock(startMs: number): TestClock {
  let passedMs = 0;
  return {
    nowMs: () => startMs + passedMs,
    monotonicMs: () => performance.now() + passedMs,
    pass(ms) {
      passedMs += ms;
    },
  };
}
