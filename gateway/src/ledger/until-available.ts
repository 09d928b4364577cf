import { waited } from "./waited.ts";

/** Writes one line about the ledger; `event` is a fixed word. */
export type LedgerLog = (
  level: "info" | "warn" | "error",
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What the ledger knows of its store. */
export interface StoreHealth {
  isStoreAvailable: boolean;
  lastError: string | null;
  lastCreatedAtMs: number | null;
}

interface StoreAccess {
  readonly health: StoreHealth;
  readonly log: LedgerLog;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

const firstPauseMs = 100;
const longestPauseMs = 5000;

/** Asks again, with growing pauses, until the store answers; null when the ledger ended before. */
export async function untilAvailable<Result>(
  { health, log, signal }: StoreAccess,
  ask: () => Promise<Result>,
): Promise<Result | null> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const result = await ask();
      if (!health.isStoreAvailable) log("info", "log_store_back");
      health.isStoreAvailable = true;
      return result;
    } catch (error) {
      health.lastError = (error as Error).message;
      if (health.isStoreAvailable) log("error", "log_store_away", { error: health.lastError });
      health.isStoreAvailable = false;
    }
    if (signal.aborted) return null;
    await waited(pauseMs, signal);
  }
}
