import type { ExchangeRecord } from "../../src/core/exchange.ts";
import type { LogQuery, NewLog } from "../../src/stores/ports/log-store.ts";
import { sampleRecord } from "./sample-record.ts";

/** Unix milliseconds of the first of `sampleId`. */
export const sampleStartMs = 1_760_000_000_000;

/** A UUIDv7 made `index` milliseconds after `sampleStartMs`; `place` tells ids of one millisecond apart. */
export function sampleId(index: number, place = 0): string {
  const time = (sampleStartMs + index).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${place.toString(16).padStart(3, "0")}-8000-${index.toString(16).padStart(12, "0")}`;
}

/** A log without bodies, made `index` milliseconds after `sampleStartMs`. */
export function sampleLog(index: number, record: Partial<ExchangeRecord> = {}, changes: Partial<NewLog> = {}): NewLog {
  const id = record.id ?? sampleId(index);
  return { ...logOf(sampleRecord({ id, eventId: id, createdAtMs: sampleStartMs + index, ...record })), ...changes };
}

/** A record as a log without bodies, in a gateway without a bound. */
export function logOf(record: ExchangeRecord): NewLog {
  return {
    record,
    request: null,
    isRequestComplete: true,
    response: null,
    isResponseComplete: true,
    searchText: "",
    rowLimit: null,
  };
}

/** The newest page of everything. */
export function sampleQuery(changes: Partial<LogQuery> = {}): LogQuery {
  return {
    filters: [],
    search: null,
    orderBy: "created_at",
    direction: "desc",
    limit: 50,
    offset: 0,
    cursor: null,
    withTotal: false,
    withRanges: false,
    ...changes,
  };
}
