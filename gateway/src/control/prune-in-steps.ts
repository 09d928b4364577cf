/** What is to be made smaller, and whom to tell when that fails. */
export interface PruneOptions {
  /** Removes one short step of what is too old; tells how much went, 0 when nothing is left to do. */
  readonly step: () => number;
  readonly onFailure: (cause: string) => void;
}

/** How long it rests when nothing was left to do. */
const REST_MS = 600_000;
/** How long it leaves the store to others between two steps. */
const STEP_MS = 100;

/** Removes what is too old in short steps until the returned function is called. A step that fails is tried again after the rest. */
export function pruneInSteps({ step, onFailure }: PruneOptions): () => void {
  const pauseAfterStep = (): number => {
    try {
      return step() > 0 ? STEP_MS : REST_MS;
    } catch (error) {
      onFailure(String(error));
      return REST_MS;
    }
  };
  let timer: ReturnType<typeof setTimeout>;
  const next = (afterMs: number): void => {
    timer = setTimeout(() => next(pauseAfterStep()), afterMs).unref();
  };
  next(STEP_MS);
  return () => clearTimeout(timer);
}
