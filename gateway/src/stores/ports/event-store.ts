import type { GatewayEvent } from "../../core/gateway-event.ts";

/** Which events of an account are asked for, the newest first. */
export interface EventQuery {
  readonly accountId: string;
  /** Null for all. */
  readonly type: GatewayEvent["type"] | null;
  readonly budgetId: string | null;
  /** From this moment on, and before that one; Unix milliseconds, null for no bound. */
  readonly sinceMs: number | null;
  readonly beforeMs: number | null;
  /** `sequence` of the last event of the page before; null for the first page. */
  readonly olderThan: number | null;
  /** At most 1,000. */
  readonly limit: number;
}

/** An event as kept. */
export interface StoredEvent {
  /** Its place in the order in which events were kept, rising. */
  readonly sequence: number;
  readonly event: GatewayEvent;
}

/**
 * Keeps what operators are told: the last 100,000 events. They come in with the logs (`LogStore.ingest`), in the transaction that remembers how far the
 * journal was read; what is told a second time of one occasion in one period (budget, part, threshold, limit) is kept once.
 * Methods reject with `EventStoreUnavailable` when the store cannot be reached.
 */
export interface EventStore {
  list(query: EventQuery): Promise<readonly StoredEvent[]>;
  /**
   * What a receiver has not had yet, the oldest first. One that is new has nothing to get: it begins with what comes from now on.
   * @param limit at most so many.
   */
  pending(receiver: string, limit: number): Promise<readonly StoredEvent[]>;
  /** Remembers that a receiver has, or will never get, everything up to `sequence`. */
  delivered(receiver: string, sequence: number): Promise<void>;
}

/** The store is away or full. */
export class EventStoreUnavailable extends Error {
  override readonly name = "EventStoreUnavailable";
}
