import type { ExchangeBodies, ExchangeRecord } from "../../core/exchange.ts";
import type { GatewayEvent } from "../../core/gateway-event.ts";

/** Where a worker leaves the record of each attempt (architecture §2). */
export interface ExchangeJournal {
  /**
   * Appends one record and what is kept of its bodies. When it returns, the record survives the death of this process.
   * Never throws: a journal that cannot be written counts the loss in `droppedRecords` and lets traffic flow.
   */
  append(record: ExchangeRecord, bodies: ExchangeBodies | null): void;
  /** Appends an event that belongs to no single record, under the same promise; one that is lost counts as a record. */
  tell(event: GatewayEvent): void;
  /** Records lost since start, for readiness and metrics. */
  readonly droppedRecords: number;
  /** Bodies left out since start because space ran short; bodies go before rows. */
  readonly droppedBodies: number;
  /** Closes the current segment; later appends are counted as dropped. */
  close(): void;
}
