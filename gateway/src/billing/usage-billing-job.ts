import { createInterruptiblePause } from "../core/interruptible-pause.ts";
import type { UsageEvent } from "../core/usage-event.ts";
import { openSpool, type Spool, type SpoolLimits } from "../spool/spool.ts";
import { openUsageBatches, type UsageBatch, type UsageBatchesOptions } from "./usage-batches.ts";
import type { UsageBillingState } from "./usage-billing-state.ts";

/** Bounds of every gateway. */
export interface UsageBillingLimits extends SpoolLimits {
  /** How long events wait for others. */
  readonly maxBatchAgeMs: number;
  /** First pause after a failed try; it doubles. */
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
}

/** What gateways keep to unless told otherwise: batches of 64 KiB or one second, 64 MiB waiting, pauses of 1 s to 5 min. */
export const defaultUsageBillingLimits: UsageBillingLimits = {
  maxBatchBytes: 65_536,
  maxBatchAgeMs: 1000,
  maxWaitingBytes: 67_108_864,
  retryDelayMs: 1000,
  maxRetryDelayMs: 300_000,
};

/** The way of one gateway's events to the billing service. */
export interface UsageBillingJob {
  readonly state: UsageBillingState;
  /** Takes events; when it returns they are on disk, or counted as lost. */
  append(events: readonly UsageEvent[], incomplete: number): void;
  /** Delivers what waits, for up to `graceMs` (finite); the rest stays on disk for the next process. */
  stop(graceMs: number): Promise<void>;
}

/** What a job is made of. */
export interface UsageBillingJobOptions extends Omit<UsageBatchesOptions, "spool" | "signal"> {
  /** Where events wait. */
  readonly directory: string;
  readonly limits: UsageBillingLimits;
}

const IDLE_MS = 60_000;

/** A job at work. It begins with what an earlier process left; what that one had not brought to its end comes again, under the same identifiers. */
export function startUsageBillingJob(options: UsageBillingJobOptions): UsageBillingJob {
  const { name, limits } = options;
  const spool = openSpool(options.directory, limits);
  const ending = new AbortController();
  const pause = createInterruptiblePause(ending.signal);
  const batches = openUsageBatches({ ...options, spool, signal: ending.signal });
  let isStopping = false;
  let incomplete = 0;

  async function run(): Promise<void> {
    let batch: UsageBatch | null = null;
    let failuresInRow = 0;
    while (!ending.signal.aborted) {
      if (isStopping || isDue(spool, limits)) spool.closeBatch();
      batch ??= await batches.next();
      if (batch === null) {
        if (isStopping) return;
        await pause.once(spool.openSinceMs === null && !spool.hasClosed ? IDLE_MS : limits.maxBatchAgeMs / 2);
        continue;
      }
      const { left, delivered, retryAfterMs } = await batches.send(batch);
      failuresInRow = left.length === 0 || delivered > 0 ? 0 : failuresInRow + 1;
      if (left.length > 0) {
        batch = { id: batch.id, events: left };
        if (isStopping) return;
        const pauseMs = Math.min(limits.retryDelayMs * 2 ** Math.max(0, failuresInRow - 1), limits.maxRetryDelayMs);
        await pause.whole(Math.max(pauseMs, retryAfterMs));
      } else {
        await spool.remove(batch.id);
        batch = null;
      }
    }
  }

  const running = run();
  return {
    get state() {
      const { deliveredEvents, failedTries, lost } = batches.counts;
      const lostEvents = { incomplete, ...lost, no_room: spool.droppedRecords };
      return { name, waitingBytes: spool.waitingBytes, deliveredEvents, lostEvents, failedTries };
    },
    append(events, incompleteCount) {
      incomplete += incompleteCount;
      if (events.length === 0) return;
      const isFirst = spool.openSinceMs === null;
      spool.append(events.map((event) => `${JSON.stringify(event)}\n`).join(""), events.length);
      if (isFirst || spool.hasClosed) pause.wake();
    },
    async stop(graceMs) {
      isStopping = true;
      pause.wake();
      const isDone = await Promise.race([running.then(() => true), Bun.sleep(graceMs).then(() => false)]);
      if (!isDone) {
        ending.abort();
        await running;
      }
      spool.closeBatch();
    },
  };
}

function isDue({ openSinceMs }: Spool, { maxBatchAgeMs }: UsageBillingLimits): boolean {
  return openSinceMs !== null && Date.now() - openSinceMs >= maxBatchAgeMs;
}
