/** The operator's wish to stop, as signals tell it. */
export interface StopSignals {
  /** Settles at the first SIGTERM or SIGINT. */
  readonly requested: Promise<NodeJS.Signals>;
  /** Whether `requested` has settled. */
  wasRequested(): boolean;
  /** Settles when the wish is repeated: do not wait any longer. */
  readonly insisted: Promise<void>;
  dispose(): void;
}

/** One Ctrl-C may arrive twice, from the terminal and from a parent that passes it on; only a later one is a second wish. */
const repeatAfterMs = 500;

/** Listens for SIGTERM and SIGINT until disposed. */
export function listenForStop(): StopSignals {
  const requested = Promise.withResolvers<NodeJS.Signals>();
  const insisted = Promise.withResolvers<void>();
  let requestedMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    requestedMs ??= performance.now();
    requested.resolve(signal);
    if (performance.now() - requestedMs > repeatAfterMs) insisted.resolve();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    requested: requested.promise,
    wasRequested: () => requestedMs !== null,
    insisted: insisted.promise,
    dispose() {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
    },
  };
}
