import type { Clock } from "../../core/clock.ts";

/**
 * Keeps from calling what keeps failing. `closed`: calls go. `open`: none goes until the pause is over. `half-open`: one may go, and
 * decides.
 */
export interface CircuitBreaker {
  readonly state: "closed" | "open" | "half-open";
  /** Milliseconds until a call may be made; 0 for now. */
  waitMs(): number;
  succeeded(): void;
  failed(): void;
}

/** When a breaker opens and for how long. */
export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** First pause; each failure of the call after it doubles it, up to ten times this. */
  readonly openMs: number;
  readonly clock: Clock;
}

/** A closed breaker. */
export function createCircuitBreaker({ failures, openMs, clock }: BreakerOptions): CircuitBreaker {
  let failuresInRow = 0;
  let pauseMs = 0;
  let closedAgainAtMs = 0;
  const waitMs = (): number => (pauseMs === 0 ? 0 : Math.max(0, closedAgainAtMs - clock.monotonicMs()));
  return {
    get state() {
      if (pauseMs === 0) return "closed";
      return waitMs() > 0 ? "open" : "half-open";
    },
    waitMs,
    succeeded() {
      failuresInRow = 0;
      pauseMs = 0;
    },
    failed() {
      failuresInRow += 1;
      if (failuresInRow < failures) return;
      pauseMs = pauseMs === 0 ? openMs : Math.min(pauseMs * 2, openMs * 10);
      closedAgainAtMs = clock.monotonicMs() + pauseMs;
    },
  };
}
