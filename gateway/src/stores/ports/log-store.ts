import type { ExchangeRecord, Metadata } from "../../core/exchange.ts";
import type { GatewayEvent } from "../../core/gateway-event.ts";
import type { LedgerEntry } from "../../core/ledger-entry.ts";

/** Whose logs: every question is asked inside one gateway of one account. */
export interface LogScope {
  readonly accountId: string;
  readonly gatewayId: string;
}

/** One entry to keep. */
export interface NewLog extends LedgerEntry {
  /** Words of prompt and answer to be found by `search`; empty for none. */
  readonly searchText: string;
  /** With so many rows in the gateway the row is not kept (`log_management` with `STOP_INSERTING`); null for no bound. */
  readonly rowLimit: number | null;
}

/** How far a journal segment has been read: the offset to go on from, or null to forget the segment. */
export interface JournalCheckpoint {
  readonly segment: string;
  readonly offset: number | null;
}

/** What became of a batch. */
export interface IngestResult {
  /** Rows written. */
  readonly stored: number;
  /** Entries whose id was there before; nothing was changed for them. */
  readonly duplicates: number;
  /** Entries counted in analytics and not kept as logs: `isLogged` is false. */
  readonly unlogged: number;
  /** Rows left out because of their `rowLimit`. */
  readonly refused: number;
  /** Events kept; those that were told before do not count. */
  readonly events: number;
}

/** A row as kept. `record.metadata` is what the last patch made of it. */
export interface StoredLog {
  readonly record: ExchangeRecord;
  /** `chat`, `embeddings` …, from the endpoint; null when it tells nothing. */
  readonly modelType: string | null;
  /** -1, 0, 1, or null for none. */
  readonly feedback: number | null;
  /** 0 to 100, or null for none. */
  readonly score: number | null;
  /** Whether the body can be had from `body` right now. */
  readonly hasRequestBody: boolean;
  readonly hasResponseBody: boolean;
}

/** A body as kept, without content coding. */
export interface StoredBody {
  readonly bytes: Buffer;
  /** False when only the beginning was kept. */
  readonly isComplete: boolean;
  /** Content type of the record; null when it had none. */
  readonly contentType: string | null;
}

/** What a filter may compare (reference §10.4); `tokens` is in plus out, `created_at` is Unix milliseconds, `cost` nano-USD. */
export type LogFilterKey =
  | "id"
  | "created_at"
  | "request_content_type"
  | "response_content_type"
  | "request_type"
  | "success"
  | "cached"
  | "provider"
  | "model"
  | "model_type"
  | "cost"
  | "tokens"
  | "tokens_in"
  | "tokens_out"
  | "duration"
  | "feedback"
  | "score"
  | "event_id"
  | "status_code"
  | "outcome"
  | "path"
  | "user_agent"
  | "user"
  | "cost_state"
  | "byok"
  | "byok_alias"
  | "metadata.key"
  | "metadata.value"
  | "authentication"
  | "wholesale"
  | "compatibilityMode"
  | "dlp_action"
  | "prompts.prompt_id"
  | "prompts.version_id";

/** How a filter compares; see `LogFilter`. */
export type LogFilterOperator = "eq" | "neq" | "contains" | "lt" | "gt";

/** What a filter compares with. */
export type LogFilterValue = string | number | boolean | null;

/**
 * One condition; several are AND-ed, the values of one OR-ed, and `neq` holds when none of its values is equal.
 * A value of another type than the key's is equal to nothing. `contains` looks for part of a text and ignores the case of ASCII
 * letters; on keys that are not text it holds for nothing. `lt` and `gt` never hold for null; texts compare by code point.
 */
export type LogFilter =
  | { readonly key: LogFilterKey; readonly operator: LogFilterOperator; readonly values: readonly LogFilterValue[] }
  /** Both on the same metadata entry: its name, and a condition on its value. `neq` also holds where the name is missing. */
  | {
      readonly key: "metadata.entry";
      readonly name: string;
      readonly operator: LogFilterOperator;
      readonly values: readonly LogFilterValue[];
    };

/** What lists are ordered by; equal ones by id, which follows time. */
export type LogOrderKey =
  | "created_at"
  | "provider"
  | "model"
  | "model_type"
  | "success"
  | "cached"
  | "cost"
  | "tokens_in"
  | "tokens_out"
  | "duration"
  | "feedback";

/** Which logs, in which order, and what else to tell. */
export interface LogQuery {
  readonly filters: readonly LogFilter[];
  /** Words that prompt or answer must all hold, `word*` for a beginning of three letters or more; null or blank for any. */
  readonly search: string | null;
  /** `created_at` orders by id, which holds whatever the clock did; the others by value, then id. Null values come first going up. */
  readonly orderBy: LogOrderKey;
  readonly direction: "asc" | "desc";
  /** At most 1,000. */
  readonly limit: number;
  /** Rows to leave out first, for numbered pages; deep pages cost in proportion. Ignored with a cursor. */
  readonly offset: number;
  /** `nextCursor` of the page before, with the same filters and order; null for the first page. */
  readonly cursor: string | null;
  /** Whether to count all matches. */
  readonly withTotal: boolean;
  /** Whether to tell the smallest and the largest values among the matches. */
  readonly withRanges: boolean;
  /**
   * How long to look for rare matches, in milliseconds; default 15,000, enough for some ten million rows. A page that ran out of time
   * has fewer logs than asked for, perhaps none, and a `nextCursor` to go on from. Only for the order `created_at`.
   */
  readonly budgetMs?: number;
}

/** Smallest and largest value; null when no match has one. */
export interface LogRange {
  readonly min: number | null;
  readonly max: number | null;
}

/** The `meta_info` of a list (reference §14.2). */
export interface LogRanges {
  readonly costNanoUsd: LogRange;
  readonly durationMs: LogRange;
  readonly tokensIn: LogRange;
  readonly tokensOut: LogRange;
  readonly totalTokens: LogRange;
}

/** A part of a list, with what was asked about the whole of it. */
export interface LogPage {
  readonly logs: readonly StoredLog[];
  /** Where the next page begins; null at the end. A page without logs that has one is not the end. */
  readonly nextCursor: string | null;
  /** Matches in all; null unless asked for. With filters or search counted up to 100,000, and for a tenth of a second. */
  readonly total: number | null;
  /** False when there are more matches than `total` says. */
  readonly isTotalExact: boolean;
  /** Over the newest 100,000 matches, or as many as a tenth of a second reaches; null unless asked for. */
  readonly ranges: LogRanges | null;
}

/** What a person adds to a log afterwards; absent members stay as they are, null clears. */
export interface LogPatch {
  readonly feedback?: number | null;
  readonly score?: number | null;
  readonly metadata?: Metadata | null;
}

/** Which logs to delete: the first `limit` of the order. */
export type LogDeletion = Pick<LogQuery, "filters" | "search" | "orderBy" | "direction" | "limit">;

/** What may be removed by a retention step. Sizes are what the rows or the compressed bodies take in the store. */
export type RetentionRule =
  | { readonly of: "rows" | "bodies"; readonly olderThanMs: number }
  | { readonly of: "rows" | "bodies"; readonly beyondBytes: number }
  | { readonly of: "rows"; readonly beyondRows: number };

/** How much one gateway keeps. */
export interface LogStatistics extends LogScope {
  readonly rows: number;
  readonly rowBytes: number;
  /** Rows that have a body. */
  readonly bodies: number;
  readonly bodyBytes: number;
  /** Rows left out because of `rowLimit`, ever. */
  readonly refused: number;
}

/**
 * Where logs are kept (architecture §5). Ids are UUIDv7. Methods reject with `LogStoreUnavailable` when the store cannot be
 * reached or has no space: nothing of that call was done then, and the same call may be made again.
 */
export interface LogStore {
  /**
   * Keeps a batch, the events that stood with it in the journal (none when absent) and the checkpoints that belong to it, all or nothing.
   * Entries whose id is known are left out, so a batch may be given again; of an event see `EventStore`.
   */
  ingest(
    batch: readonly NewLog[],
    checkpoints: readonly JournalCheckpoint[],
    events?: readonly GatewayEvent[],
  ): Promise<IngestResult>;
  /** How far each journal segment has been read. */
  checkpoints(): Promise<ReadonlyMap<string, number>>;
  /** @throws InvalidLogQuery for a cursor it did not make, or made for another order. */
  list(scope: LogScope, query: LogQuery): Promise<LogPage>;
  /** Null when there is no such log in this gateway. */
  get(scope: LogScope, id: string): Promise<StoredLog | null>;
  /** Null when there is no such log, or no such body of it. */
  body(scope: LogScope, id: string, which: "request" | "response"): Promise<StoredBody | null>;
  /** False when there is no such log. */
  patch(scope: LogScope, id: string, patch: LogPatch): Promise<boolean>;
  /** Deletes in small steps between which others may write; tells how many went. */
  delete(scope: LogScope, deletion: LogDeletion): Promise<number>;
  /** One short step of retention, at most `limit` rows, oldest first; tells how many rows or bodies went, 0 when the rule holds. */
  prune(scope: LogScope, rule: RetentionRule, limit: number): Promise<number>;
  /** Every gateway that ever had a log. */
  statistics(): Promise<readonly LogStatistics[]>;
  close(): Promise<void>;
}

/** The store is away or full. */
export class LogStoreUnavailable extends Error {
  override readonly name = "LogStoreUnavailable";
}

/** A question that no log store can answer; `path` names the member of `LogQuery`. */
export class InvalidLogQuery extends Error {
  override readonly name = "InvalidLogQuery";
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[]) {
    super(message);
    this.path = path;
  }
}
