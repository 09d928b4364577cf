/** Where time comes from; tests give their own. */
export interface Clock {
  /** Wall clock, Unix milliseconds. May be set back by the operator. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start, with fractions; never goes back. For durations. */
  monotonicMs(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
