/** What is remembered from restart to restart; times in milliseconds of a clock that never goes back. */
export interface RestartState {
  /** The last pause before a restart; 0 when there was none. */
  readonly delayMs: number;
  readonly startedMs: number;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;
/** Whoever ran this long is healthy: its end is a new story. */
const healthyAfterMs = 10_000;

/** The state with the pause before the next restart: 100 ms, doubling to 5 s, from the beginning after 10 s of running. */
export function nextRestartDelay(state: RestartState, nowMs: number): RestartState {
  const wasHealthy = nowMs - state.startedMs >= healthyAfterMs;
  const doubledMs = wasHealthy ? firstDelayMs : Math.max(firstDelayMs, state.delayMs * 2);
  return { ...state, delayMs: Math.min(doubledMs, longestDelayMs) };
}
