import type { BatchFile } from "./spool-files.ts";

/** Closed batches in the order they were begun, and what they weigh. */
export interface WaitingBatches {
  readonly count: number;
  readonly sizeBytes: number;
  oldest(): BatchFile | undefined;
  /** The oldest but the one with this id. */
  oldestBut(id: string | null): BatchFile | undefined;
  add(batch: BatchFile): void;
  /** Takes another form of the batch with the same id, if it still waits. */
  replace(batch: BatchFile): void;
  /** The batch that was forgotten; undefined when it was gone before. */
  forget(id: string): BatchFile | undefined;
}

/** Begins with batches found on disk. */
export function createWaitingBatches(found: readonly BatchFile[]): WaitingBatches {
  const batches = [...found];
  const indexOf = (id: string): number => batches.findIndex((batch) => batch.id === id);
  return {
    get count() {
      return batches.length;
    },
    get sizeBytes() {
      return batches.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    },
    oldest: () => batches[0],
    oldestBut: (id) => batches.find((batch) => batch.id !== id),
    add: (batch) => void batches.push(batch),
    replace(batch) {
      const index = indexOf(batch.id);
      if (index >= 0) batches[index] = batch;
    },
    forget(id) {
      const index = indexOf(id);
      return index < 0 ? undefined : batches.splice(index, 1)[0];
    },
  };
}
