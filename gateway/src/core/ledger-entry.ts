import type { ExchangeRecord } from "./exchange.ts";

/** One attempt as it leaves the journal: its record and what was kept of its bodies. */
export interface LedgerEntry {
  readonly record: ExchangeRecord;
  /**
   * Request body without content coding, cut at the ledger's cap; null when none was kept. A body whose coding could not be
   * undone is given as it crossed the wire.
   */
  readonly request: Buffer | null;
  /** False when `request` is only the beginning of the body; true for null. */
  readonly isRequestComplete: boolean;
  /** Response body, under the same rules. */
  readonly response: Buffer | null;
  readonly isResponseComplete: boolean;
}

/**
 * Someone who takes every ingested batch after the log store has committed it, in order, each batch once per run of the
 * ledger; batches committed right before a crash are not told again. A consumer that throws is logged and passed over, and the
 * ledger waits for the promise before it goes on, so consumers keep slow work in a bounded queue of their own.
 */
export interface BatchConsumer {
  /** Names it in the process log: lower-case words joined by dashes. */
  readonly name: string;
  /**
   * Takes the batch before the log store commits it, for consumers that may miss nothing: entries of a commit that failed or of a
   * crash are told again. The ledger waits for it; when it rejects, that is logged and the batch is committed all the same.
   */
  prepare?(batch: readonly LedgerEntry[]): Promise<void>;
  consume(batch: readonly LedgerEntry[]): void | Promise<void>;
}
