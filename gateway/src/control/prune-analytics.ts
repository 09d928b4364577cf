import type { Clock } from "../core/clock.ts";
import type { AnalyticsConfig } from "../core/gateway-settings.ts";

/** Removes one short step of what is too old; tells how many rows went, 0 when nothing is left to do. */
export type PruneStep = (days: AnalyticsDays, nowMs: number) => number;

/** How many days each width of roll-ups is kept. */
export interface AnalyticsDays {
  readonly minuteDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

export interface PruneOptions {
  readonly settings: AnalyticsConfig;
  readonly prune: PruneStep;
  readonly clock: Pick<Clock, "nowMs">;
  readonly onFailure: (cause: string) => void;
}

/** How long it rests when nothing was left to do. */
const REST_MS = 600_000;
/** How long it leaves the store to others between two steps. */
const STEP_MS = 100;

/** Removes roll-ups that are older than the settings keep, in short steps, until the returned function is called. */
export function pruneAnalytics({ settings, prune, clock, onFailure }: PruneOptions): () => void {
  const days = {
    minuteDays: settings.keep_minutes_days,
    hourDays: settings.keep_hours_days,
    dayDays: settings.keep_days_days,
  };
  const step = (): number => {
    try {
      return prune(days, clock.nowMs()) > 0 ? STEP_MS : REST_MS;
    } catch (error) {
      onFailure(String(error));
      return REST_MS;
    }
  };
  let timer: ReturnType<typeof setTimeout>;
  const next = (afterMs: number): void => {
    timer = setTimeout(() => next(step()), afterMs).unref();
  };
  next(STEP_MS);
  return () => clearTimeout(timer);
}
