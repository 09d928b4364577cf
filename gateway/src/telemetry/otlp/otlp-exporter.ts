import { createInterruptiblePause } from "../../core/interruptible-pause.ts";
import type { LedgerEntry } from "../../core/ledger-entry.ts";
import { createBoundedQueue } from "./bounded-queue.ts";
import { type CourierOptions, createSpanCourier } from "./deliver-spans.ts";
import type { Span } from "./span.ts";
import { spanFromEntry } from "./span-from-entry.ts";

/** What an exporter did since it was made. */
export interface ExporterState {
  /** Account, gateway and place in its `otel` list, e.g. `default/prod/0`. */
  readonly name: string;
  readonly queuedSpans: number;
  readonly queuedBytes: number;
  readonly sentSpans: number;
  /** Spans that no collector will see, by reason. */
  readonly droppedSpans: Readonly<Record<DropReason, number>>;
  readonly failedRequests: number;
  readonly breaker: "closed" | "open" | "half-open";
}

/**
 * `queue_full`: no room. `unreadable`: no span could be made of the record. `rejected`: the collector refused them. `gave_up`: no try
 * succeeded. `stopped`: the process ended first.
 */
export type DropReason = "queue_full" | "unreadable" | "rejected" | "gave_up" | "stopped";

/** Sends spans to one collector. */
export interface OtlpExporter {
  readonly state: ExporterState;
  /** Takes an attempt, or counts it as dropped; returns at once. */
  offer(entry: LedgerEntry): void;
  /** Sends what waits, for up to `graceMs` (finite); the rest is dropped and counted. */
  stop(graceMs: number): Promise<void>;
}

/** What an exporter is made of. */
export interface ExporterOptions extends Pick<CourierOptions, "settings" | "limits" | "clock" | "fetch"> {
  readonly name: string;
  /** The secret behind a reference; null when there is none by now. */
  readonly resolveSecret: (reference: string) => Promise<string | null>;
  /** Told of failures: a status or a word, never an address or a header. */
  readonly onFailure: (name: string, cause: string) => void;
}

/** What a span without bodies takes in memory, about. */
const spanBytes = 2048;

/**
 * An exporter at work. Whatever the collector does, attempts are only ever lost to it: the queue is bounded, calls have a time-out,
 * and after failures in a row a breaker opens (fail-open: spans beyond the queue are dropped, traffic and log go on).
 */
export function createOtlpExporter(options: ExporterOptions): OtlpExporter {
  const { name, limits } = options;
  const queue = createBoundedQueue<LedgerEntry>(limits.maxQueuedSpans, limits.maxQueuedBytes);
  const ending = new AbortController();
  const pause = createInterruptiblePause(ending.signal);
  const onFailure = (cause: string): void => options.onFailure(name, cause);
  const courier = createSpanCourier({ ...options, onFailure, pause, signal: ending.signal });
  const dropped = { queue_full: 0, unreadable: 0, rejected: 0, gave_up: 0, stopped: 0 };
  let isStopping = false;
  let sentSpans = 0;

  function isBatchFull(): boolean {
    return queue.count >= limits.maxBatchSpans || queue.sizeBytes >= limits.maxBatchBytes;
  }

  async function run(): Promise<void> {
    for (;;) {
      if (!isBatchFull() && !isStopping) await pause.once(limits.batchDelayMs);
      const batch = queue.take(limits.maxBatchSpans, limits.maxBatchBytes);
      if (batch.length > 0) await deliver(batch);
      else if (isStopping) return;
    }
  }

  async function deliver(batch: readonly LedgerEntry[]): Promise<void> {
    const spans = batch.flatMap(readableSpan);
    dropped.unreadable += batch.length - spans.length;
    if (spans.length === 0) return;
    const delivery = await courier.deliver(spans);
    sentSpans += delivery.sentSpans;
    if (delivery.reason !== null) dropped[delivery.reason] += delivery.lostSpans;
  }

  const running = run();
  return {
    get state() {
      const { breaker, failedRequests } = courier;
      const queued = { queuedSpans: queue.count, queuedBytes: queue.sizeBytes };
      return { name, ...queued, sentSpans, failedRequests, droppedSpans: { ...dropped }, breaker };
    },
    offer(entry) {
      const kept = withinLimit(entry, limits.maxBodyBytes);
      const sizeBytes = spanBytes + (kept.request?.length ?? 0) + (kept.response?.length ?? 0);
      if (isStopping) dropped.stopped += 1;
      else if (!queue.offer(kept, sizeBytes)) dropped.queue_full += 1;
      else if (isBatchFull()) pause.wake();
    },
    async stop(graceMs) {
      isStopping = true;
      pause.wake();
      const isDone = await Promise.race([running.then(() => true), Bun.sleep(graceMs).then(() => false)]);
      if (isDone) return;
      ending.abort();
      await running;
    },
  };
}

/** No span for a record of another version or a damaged one, which must not stop the others. */
function readableSpan(entry: LedgerEntry): Span[] {
  try {
    return [spanFromEntry(entry)];
  } catch {
    return [];
  }
}

/** The entry with bodies of its own: the ledger's may be windows into something larger, which must not be kept alive here. */
function withinLimit(entry: LedgerEntry, maxBodyBytes: number): LedgerEntry {
  const copy = (body: Buffer | null): Buffer | null =>
    body === null || body.length > maxBodyBytes ? null : Buffer.from(body);
  return { ...entry, request: copy(entry.request), response: copy(entry.response) };
}
