/** stdout as something that can be slow and can go away. */
export interface Output {
  /** Aborted at SIGINT or SIGTERM, and when the reader of stdout is gone. */
  readonly signal: AbortSignal;
  /** Waits until the text is taken, so that a slow reader slows the reading down; nothing is printed after the end. */
  print(text: string | Uint8Array): Promise<void>;
}

/** stdout of this process, with its signals as the end. */
export function openOutput(): Output {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  process.stdout.on("error", end);
  const { signal } = ending;
  return {
    signal,
    async print(text) {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const settle = (): void => resolve();
      signal.addEventListener("abort", settle, { once: true });
      process.stdout.write(text, settle);
      await promise;
      signal.removeEventListener("abort", settle);
    },
  };
}
