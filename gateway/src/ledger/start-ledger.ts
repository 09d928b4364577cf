import type { Clock } from "../core/clock.ts";
import type { BatchConsumer } from "../core/ledger-entry.ts";
import { createDirectoryWatch } from "../journal/directory-watch.ts";
import type { IngestResult, LogStore, NewLog } from "../stores/ports/log-store.ts";
import { type IntakeBatch, type JournalIntake, openJournalIntake } from "./journal-intake.ts";
import { type EntryRules, toNewLog } from "./ledger-entries.ts";
import { openQuarantine, type Quarantine } from "./quarantine.ts";
import { keepPruning } from "./keep-pruning.ts";
import { type LedgerLog, type StoreHealth, untilAvailable } from "./until-available.ts";
import { storeBatch } from "./store-batch.ts";

/** What the ledger works with. */
/** A ledger at work. */
export interface LedgerOptions {
  /** The journal's directory; may be missing, appear later and vanish. */
  readonly directory: string;
  readonly store: LogStore;
  readonly consumers: readonly BatchConsumer[];
  readonly rules: EntryRules;
  readonly clock: Clock;
  readonly log: LedgerLog;
  /** How long to wait for more before a small batch is stored, in milliseconds; default 50. */
  readonly lingerMs?: number;
  /** How often retention is looked after, in milliseconds; default 10,000. */
  readonly retentionEveryMs?: number;
}

/** How the ledger is doing, for `/readyz` and metrics; counts are since start. */
export interface LedgerState {
  /** Age of the last stored record while there is more to read, milliseconds; 0 when all is read. */
  readonly lagMs: number;
  /** Bytes of the journal not yet stored. */
  readonly queuedBytes: number;
  /** Rows written. */
  readonly stored: number;
  /** Records found stored already. */
  readonly duplicates: number;
  /** Records counted in analytics and kept from the logs on purpose. */
  readonly unlogged: number;
  /** Rows left out because their gateway was full. */
  readonly refused: number;
  /** Events kept. */
  readonly events: number;
  /** Damaged parts and foreign files moved aside. */
  readonly quarantined: number;
  /** Segments deleted unread, because the journal reached its bound. */
  readonly lostSegments: number;
  /** Rows and bodies removed by retention. */
  readonly prunedRows: number;
  readonly prunedBodies: number;
  /** False while the store is away or full; the journal waits then. */
  readonly isStoreAvailable: boolean;
  /** The last thing that went wrong; null when nothing did. */
  readonly lastError: string | null;
}

export interface Ledger {
  state(): LedgerState;
  /** Stores what is in the journal by then, for at most `graceMs` (default 5,000), and ends. */
  stop(graceMs?: number): Promise<void>;
}

/** Bounds of a batch: what takes about a tenth of a second; smaller ones cost more for each record. */
const batchLimits = { records: 1000, bytes: 8 * 1024 * 1024 } as const;

type Counts = { -readonly [Name in keyof IngestResult]: number } & { prunedRows: number; prunedBodies: number };

/**
 * Starts to move the journal into the log store: batch by batch, the checkpoint in the same transaction, so that each record is stored
 * once whatever dies when. Consumers get each batch afterwards. While the store is away it waits, with growing pauses, and goes
 * on by itself. Other work of the process gets its turn between batches.
 */
export function startLedger(options: LedgerOptions): Ledger {
  const quarantine = openQuarantine(options.directory);
  const counts: Counts = {
    stored: 0,
    duplicates: 0,
    unlogged: 0,
    refused: 0,
    events: 0,
    prunedRows: 0,
    prunedBodies: 0,
  };
  const health = { isStoreAvailable: true, lastError: null as string | null, lastCreatedAtMs: null as number | null };
  const stopping = new AbortController();
  const ending = new AbortController();
  let intake: JournalIntake | null = null;

  const failed = (event: string, error: unknown): void => {
    health.lastError = error instanceof Error ? error.message : String(error);
    options.log("error", event, { error: health.lastError });
  };
  const run = async (): Promise<void> => {
    const context = { ...options, quarantine, health, signal: ending.signal };
    intake = await openIntake(context);
    if (intake === null) return;
    await moveBatches({ ...context, intake, counts, failed, stopping: stopping.signal });
  };
  const running = run().catch((error: unknown) => failed("ledger_failed", error));
  const pruning = keepPruning({
    store: options.store,
    retentionOf: options.rules.retentionOf,
    clock: options.clock,
    everyMs: options.retentionEveryMs ?? 10_000,
    counts,
    failed,
    stopping: stopping.signal,
  });

  return {
    state() {
      const queuedBytes = intake?.queuedBytes() ?? 0;
      const isBehind = queuedBytes > 0 && health.lastCreatedAtMs !== null;
      return {
        lagMs: isBehind ? Math.max(0, options.clock.nowMs() - (health.lastCreatedAtMs as number)) : 0,
        queuedBytes,
        ...counts,
        quarantined: quarantine.count,
        lostSegments: intake?.lostSegments ?? 0,
        isStoreAvailable: health.isStoreAvailable,
        lastError: health.lastError,
      };
    },
    async stop(graceMs = 5000) {
      stopping.abort();
      const timer = setTimeout(() => ending.abort(), graceMs);
      await running;
      clearTimeout(timer);
      ending.abort();
      await pruning;
    },
  };
}

interface LedgerContext extends LedgerOptions {
  readonly quarantine: Quarantine;
  readonly health: StoreHealth;
  /** Ends everything, in the middle of waiting too. */
  readonly signal: AbortSignal;
}

/** Null when the ledger ended before the store could tell its checkpoints. */
async function openIntake(context: LedgerContext): Promise<JournalIntake | null> {
  const { directory, quarantine, clock, store } = context;
  const checkpoints = await untilAvailable(context, () => store.checkpoints());
  if (checkpoints === null) return null;
  return openJournalIntake({ directory, checkpoints, quarantine, limits: batchLimits, clock });
}

interface MovingContext extends LedgerContext {
  readonly intake: JournalIntake;
  readonly counts: Counts;
  readonly failed: (event: string, error: unknown) => void;
  /** Asks to end once the journal is read. */
  readonly stopping: AbortSignal;
}

async function moveBatches(context: MovingContext): Promise<void> {
  const { directory, intake, stopping, signal } = context;
  const watch = createDirectoryWatch(directory, 200);
  try {
    while (!signal.aborted) {
      const batch = tryRead(context);
      if (batch === null) {
        if (stopping.aborted) return;
        if (!watch.isOpen) {
          watch.begin();
          continue;
        }
        await watch.changed(stopping);
      } else {
        watch.close();
        if (!(await moveBatch(context, batch))) return;
        intake.committed();
      }
      // One transaction for many small records, and the turn of whoever waits on this thread.
      await Bun.sleep(batch?.isFull === true || stopping.aborted ? 0 : (context.lingerMs ?? 50));
    }
  } finally {
    watch.close();
  }
}

function tryRead({ intake, failed }: MovingContext): IntakeBatch | null {
  try {
    return intake.read();
  } catch (error) {
    failed("ledger_read_failed", error);
    return null;
  }
}

/** False when the ledger ended before the batch could be stored. */
async function moveBatch(context: MovingContext, { items, events, checkpoints }: IntakeBatch): Promise<boolean> {
  const { store, counts, health, quarantine, log } = context;
  const batch = await readyBatch(context, items);
  await prepareConsumers(context, batch);
  const result = await untilAvailable(context, () =>
    storeBatch({ store, batch, events, checkpoints, quarantine, log }),
  );
  if (result === null) return false;
  for (const name of ["stored", "duplicates", "unlogged", "refused", "events"] as const) counts[name] += result[name];
  health.lastCreatedAtMs = batch.at(-1)?.record.createdAtMs ?? health.lastCreatedAtMs;
  if (batch.length > 0) await tellConsumers(context, batch);
  return true;
}

/** The logs of journal items. One that cannot be made into a log is moved aside, so that it holds up no other. */
async function readyBatch(context: MovingContext, items: IntakeBatch["items"]): Promise<NewLog[]> {
  const batch: NewLog[] = [];
  for (const item of items) {
    try {
      batch.push(await revised(toNewLog(item, context.rules), context));
    } catch (error) {
      context.quarantine.keep(`${item.record.id}.unreadable.json`, JSON.stringify(item.record));
      context.failed("ledger_record_unreadable", error);
    }
  }
  return batch;
}

/** The log with its record counted anew where a worker could only estimate; as it is when that fails. */
async function revised(entry: NewLog, { rules, failed }: MovingContext): Promise<NewLog> {
  if (rules.revise === undefined || !entry.record.isUsageEstimated) return entry;
  try {
    return { ...entry, record: await rules.revise(entry) };
  } catch (error) {
    failed("ledger_recount_failed", error);
    return entry;
  }
}

/** Lets those who may miss nothing take the batch before the store commits it. */
async function prepareConsumers({ consumers, failed }: MovingContext, batch: readonly NewLog[]): Promise<void> {
  for (const consumer of consumers) {
    try {
      if (batch.length > 0) await consumer.prepare?.(batch);
    } catch (error) {
      failed(`ledger_consumer_failed_${consumer.name.replaceAll("-", "_")}`, error);
    }
  }
}

async function tellConsumers({ consumers, failed }: MovingContext, batch: readonly NewLog[]): Promise<void> {
  for (const consumer of consumers) {
    try {
      await consumer.consume(batch);
    } catch (error) {
      failed(`ledger_consumer_failed_${consumer.name.replaceAll("-", "_")}`, error);
    }
  }
}
