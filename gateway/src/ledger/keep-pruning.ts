import type { Clock } from "../core/clock.ts";
import type { LogScope, LogStore } from "../stores/ports/log-store.ts";
import { applyRetention, type GatewayRetention } from "./retention.ts";
import { waited } from "./waited.ts";

interface PruningContext {
  readonly store: LogStore;
  readonly retentionOf: (scope: LogScope) => GatewayRetention;
  readonly clock: Clock;
  /** Milliseconds from one pass to the next. */
  readonly everyMs: number;
  readonly counts: { prunedRows: number; prunedBodies: number };
  readonly failed: (event: string, error: unknown) => void;
  readonly stopping: AbortSignal;
}

/** Looks after retention from time to time until `stopping` aborts; what fails is told and tried again the next time. */
export async function keepPruning(context: PruningContext): Promise<void> {
  const { store, retentionOf, clock, everyMs, counts, failed, stopping } = context;
  while (!stopping.aborted) {
    await waited(everyMs, stopping);
    if (stopping.aborted) return;
    try {
      const removed = await applyRetention({ store, retentionOf, nowMs: clock.nowMs(), signal: stopping });
      counts.prunedRows += removed.rows;
      counts.prunedBodies += removed.bodies;
    } catch (error) {
      failed("retention_failed", error);
    }
  }
}
