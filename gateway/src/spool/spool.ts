import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { newId } from "../core/ids.ts";
import { type BatchFile, batchPath, readBatch, recoverBatches, writeWhole } from "./spool-files.ts";
import { createWaitingBatches } from "./waiting-batches.ts";

/** Bounds of a spool. */
export interface SpoolLimits {
  /** Size at which a batch of lines is closed. */
  readonly maxBatchBytes: number;
  /** Bound on everything that waits; the oldest batches go first. */
  readonly maxWaitingBytes: number;
}

/** A closed batch, as gzip. */
export interface SpooledBatch {
  /** UUIDv7. */
  readonly id: string;
  readonly recordCount: number;
  readonly bytes: Uint8Array;
}

/**
 * Lines that wait on disk for delivery, in batches. Once `append` has returned, lines survive the death of the process; what a dead
 * process left is found again when a spool is opened.
 */
export interface Spool {
  readonly waitingBytes: number;
  /** Records given up since the spool was opened: for want of space, or because the disk failed. */
  readonly droppedRecords: number;
  /** When the batch that takes lines was begun, Unix milliseconds; null while there is none. */
  readonly openSinceMs: number | null;
  readonly hasClosed: boolean;
  /** Takes whole lines. Never throws: lines that cannot be written are counted as dropped. */
  append(lines: string, recordCount: number): void;
  /** Closes the batch that takes lines, if there is one. */
  closeBatch(): void;
  /**
   * The oldest closed batch; null when there is none, or when its file is gone, which counts as dropped.
   * @throws when the disk fails; the batch stays.
   */
  oldest(): Promise<SpooledBatch | null>;
  /** Forgets a batch that was delivered. */
  remove(id: string): Promise<void>;
}

/** The batch that takes lines. */
type OpenBatch = { -readonly [Name in keyof Omit<BatchFile, "isCompressed">]: BatchFile[Name] } & {
  readonly file: number;
  readonly sinceMs: number;
};

/** Opens the spool in `directory`, which is made if need be, and closes what an earlier process left open. */
export function openSpool(directory: string, limits: SpoolLimits): Spool {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const waiting = createWaitingBatches(recoverBatches(directory));
  let open: OpenBatch | null = null;
  let droppedRecords = 0;
  /** Dropped under the hands of who delivers it, a batch would be counted twice. */
  let deliveringId: string | null = null;

  const waitingBytes = (): number => waiting.sizeBytes + (open?.sizeBytes ?? 0);

  function closeBatch(): void {
    if (open === null) return;
    const { file, sinceMs: _, ...batch } = open;
    open = null;
    closeSync(file);
    waiting.add({ ...batch, isCompressed: false });
  }

  function dropBeyondBound(): void {
    while (waitingBytes() > limits.maxWaitingBytes) {
      const batch = waiting.oldestBut(deliveringId);
      if (batch === undefined) return;
      waiting.forget(batch.id);
      droppedRecords += batch.recordCount;
      rmSync(batchPath(directory, batch), { force: true });
    }
  }

  return {
    get waitingBytes() {
      return waitingBytes();
    },
    get droppedRecords() {
      return droppedRecords;
    },
    get openSinceMs() {
      return open?.sinceMs ?? null;
    },
    get hasClosed() {
      return waiting.count > 0;
    },
    append(lines, recordCount) {
      const bytes = Buffer.from(lines);
      try {
        open ??= beginBatch(directory);
        writeWhole(open.file, bytes);
        open.recordCount += recordCount;
        open.sizeBytes += bytes.length;
        if (open.sizeBytes >= limits.maxBatchBytes) closeBatch();
        dropBeyondBound();
      } catch {
        droppedRecords += recordCount;
      }
    },
    closeBatch,
    async oldest() {
      const batch = waiting.oldest();
      if (batch === undefined) return null;
      const { id, recordCount } = batch;
      deliveringId = id;
      try {
        const { file, bytes } = await readBatch(directory, batch);
        waiting.replace(file);
        return { id, recordCount, bytes };
      } catch (error) {
        if ((error as { code?: unknown }).code !== "ENOENT") throw error;
        waiting.forget(id);
        droppedRecords += recordCount;
        return null;
      }
    },
    async remove(id) {
      const batch = waiting.forget(id);
      if (batch !== undefined) await rm(batchPath(directory, batch), { force: true });
    },
  };
}

function beginBatch(directory: string): OpenBatch {
  const id = newId();
  const file = openSync(batchPath(directory, { id, recordCount: 0, isCompressed: false }), "ax", 0o600);
  return { id, file, sinceMs: Date.now(), recordCount: 0, sizeBytes: 0 };
}
