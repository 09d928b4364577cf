import type { GatewayEvent } from "../core/gateway-event.ts";
import {
  type IngestResult,
  type JournalCheckpoint,
  type LogStore,
  LogStoreUnavailable,
  type NewLog,
} from "../stores/ports/log-store.ts";
import type { Quarantine } from "./quarantine.ts";
import type { LedgerLog } from "./until-available.ts";

/** A batch on its way into the store. */
export interface BatchToStore {
  readonly store: LogStore;
  readonly batch: readonly NewLog[];
  readonly events: readonly GatewayEvent[];
  readonly checkpoints: readonly JournalCheckpoint[];
  readonly quarantine: Quarantine;
  readonly log: LedgerLog;
}

/**
 * Stores a batch with its checkpoints. When the store refuses it for what is in it, the entries are stored one by one and those that
 * cannot be kept go into quarantine, so that no record holds up the others. Rejects with `LogStoreUnavailable` as the store does.
 */
export async function storeBatch(options: BatchToStore): Promise<IngestResult> {
  const { store, batch, events, checkpoints } = options;
  try {
    return await store.ingest(batch, checkpoints, events);
  } catch (error) {
    if (error instanceof LogStoreUnavailable || batch.length === 0) throw error;
    return await storeOneByOne(options);
  }
}

async function storeOneByOne({
  store,
  batch,
  events,
  checkpoints,
  quarantine,
  log,
}: BatchToStore): Promise<IngestResult> {
  const result = { stored: 0, duplicates: 0, unlogged: 0, refused: 0, events: 0 };
  for (const [index, entry] of batch.entries()) {
    try {
      // With the last one, so that a crash in between repeats as little as possible.
      const isLast = index === batch.length - 1;
      const one = await store.ingest([entry], isLast ? checkpoints : [], isLast ? events : []);
      addResult(result, one);
    } catch (error) {
      if (error instanceof LogStoreUnavailable) throw error;
      quarantine.keep(`${entry.record.id}.refused.json`, JSON.stringify(entry.record));
      log("error", "log_refused", { id: entry.record.id, error: (error as Error).message });
    }
  }
  addResult(result, await store.ingest([], checkpoints, events));
  return result;
}

function addResult(sum: { -readonly [Name in keyof IngestResult]: number }, one: IngestResult): void {
  for (const name of Object.keys(sum) as (keyof IngestResult)[]) sum[name] += one[name];
}
