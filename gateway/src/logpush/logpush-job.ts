import { createInterruptiblePause } from "../core/interruptible-pause.ts";
import type { LogpushState } from "./logpush-state.ts";
import { openSpool, type Spool, type SpoolLimits } from "../spool/spool.ts";
import { DeliveryError, type LogpushTarget } from "./target.ts";

/** Bounds of every target. */
export interface LogpushLimits extends SpoolLimits {
  /** How long lines wait for others to go with. */
  readonly maxBatchAgeMs: number;
  /** First pause after a failed delivery; it doubles. */
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
}

/** What targets keep to unless told otherwise: files of 5 MB before compression or 30 seconds, 1 GiB waiting, pauses of 1 s to 5 min. */
export const defaultLogpushLimits: LogpushLimits = {
  maxBatchBytes: 5_000_000,
  maxBatchAgeMs: 30_000,
  maxWaitingBytes: 1_073_741_824,
  retryDelayMs: 1000,
  maxRetryDelayMs: 300_000,
};

/** The way of lines to one target. */
export interface LogpushJob {
  readonly state: LogpushState;
  /** Takes whole lines; when it returns they are on disk, or counted as dropped. */
  append(lines: string, recordCount: number): void;
  /** Delivers what waits, for up to `graceMs` (finite); the rest stays on disk for the next process. */
  stop(graceMs: number): Promise<void>;
}

/** What a job is made of. */
export interface JobOptions {
  /** Account and target: `default/archive`. */
  readonly name: string;
  /** Of the spool. */
  readonly directory: string;
  readonly target: LogpushTarget;
  readonly limits: LogpushLimits;
  /** Told of failures: a status or a word. */
  readonly onFailure: (name: string, cause: string) => void;
}

/** A job at work. It begins with what an earlier process left. A batch goes until it is delivered, or until newer ones need its space. */
export function startLogpushJob({ name, directory, target, limits, onFailure }: JobOptions): LogpushJob {
  const spool = openSpool(directory, limits);
  const ending = new AbortController();
  const pause = createInterruptiblePause(ending.signal);
  let isStopping = false;
  let deliveredRecords = 0;
  let failedDeliveries = 0;

  async function run(): Promise<void> {
    let failuresInRow = 0;
    while (!ending.signal.aborted) {
      if (isStopping || isDue(spool, limits.maxBatchAgeMs)) spool.closeBatch();
      if (!spool.hasClosed) {
        if (isStopping) return;
        await pause.once(limits.maxBatchAgeMs / 2);
        continue;
      }
      const isDelivered = await deliverOldest();
      failuresInRow = isDelivered ? 0 : failuresInRow + 1;
      if (!isDelivered)
        await pause.whole(Math.min(limits.retryDelayMs * 2 ** (failuresInRow - 1), limits.maxRetryDelayMs));
    }
  }

  async function deliverOldest(): Promise<boolean> {
    try {
      const batch = await spool.oldest();
      if (batch === null) return true;
      const { id, recordCount, bytes } = batch;
      await target.deliver({ id, recordCount, bytes, objectName: objectName(id) }, ending.signal);
      deliveredRecords += recordCount;
      await spool.remove(id);
      return true;
    } catch (error) {
      failedDeliveries += 1;
      onFailure(name, error instanceof DeliveryError ? error.message : codeOf(error));
      return false;
    }
  }

  const running = run();
  return {
    get state() {
      const { waitingBytes, droppedRecords } = spool;
      return { name, waitingBytes, droppedRecords, deliveredRecords, failedDeliveries };
    },
    append(lines, recordCount) {
      spool.append(lines, recordCount);
      if (spool.hasClosed) pause.wake();
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

function isDue(spool: Spool, maxBatchAgeMs: number): boolean {
  return spool.openSinceMs !== null && Date.now() - spool.openSinceMs >= maxBatchAgeMs;
}

/** A day's folder and a name that sorts by time, both from the time in the batch's UUIDv7. */
function objectName(id: string): string {
  const begunAtMs = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  const time = new Date(begunAtMs)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  return `${time.slice(0, 8)}/${time}_${id}.ndjson.gz`;
}

/** `ENOSPC` and the like. */
function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "failed";
}
