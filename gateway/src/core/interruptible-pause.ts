/** Pauses of a loop that somebody else may end. */
export interface InterruptiblePause {
  /** Resolves after `durationMs`, or as soon as `wake` is called or the signal is aborted. */
  once(durationMs: number): Promise<void>;
  /** Resolves after `durationMs` whoever wakes it, or as soon as the signal is aborted. */
  whole(durationMs: number): Promise<void>;
  /** Ends the pause that is on, if any. */
  wake(): void;
}

/** Pauses for one loop, which is over when `signal` is aborted. */
export function createInterruptiblePause(signal: AbortSignal): InterruptiblePause {
  let wake = (): void => {};
  signal.addEventListener("abort", () => wake(), { once: true });

  async function once(durationMs: number): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    once,
    async whole(durationMs) {
      const untilMs = performance.now() + durationMs;
      while (performance.now() < untilMs && !signal.aborted) await once(untilMs - performance.now());
    },
    wake: () => wake(),
  };
}
