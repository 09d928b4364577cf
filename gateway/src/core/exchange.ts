import type { TokenUsage } from "./usage.ts";

/** How an attempt ended. */
export type ExchangeOutcome =
  /** The provider's answer was delivered whole; its status may still be an error of the provider. */
  | "complete"
  /** The provider answered and the gateway turned away from it to retry or to fall back. */
  | "superseded"
  /** A stream ended without the finish marker its protocol requires. */
  | "truncated"
  /** An answer with a 2xx status carried an error object, in its body or in a stream event. */
  | "error_in_answer"
  /** The provider broke off after its first byte. */
  | "upstream_broken"
  /** No answer: refused, unresolved, bad certificate, closed or garbage before a head. */
  | "upstream_failed"
  /** A connect, first-byte, idle or total time-out. */
  | "timeout"
  /** The client left before the answer ended. */
  | "client_aborted"
  /** The gateway refused the request before any provider was called. */
  | "refused";

/**
 * One attempt at one provider, or one refusal: what the journal keeps (reference §10.2).
 * Times are Unix milliseconds, durations milliseconds, sizes bytes of body as they crossed the wire.
 */
export interface ExchangeRecord {
  /** Log id, UUIDv7. */
  readonly id: string;
  /** Shared by all attempts of one client request: the client's `cf-aig-event-id` or the first log id. */
  readonly eventId: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly accountId: string;
  readonly gatewayId: string;
  readonly createdAtMs: number;
  /** `websocket` for a whole session with a provider; requests made over the universal socket are `universal`. */
  readonly requestType: "provider" | "universal" | "websocket";
  /** 0-based index of the universal step, 0 for provider requests. */
  readonly step: number;
  /** 1-based try of that step. */
  readonly attempt: number;
  /** Provider slug; empty when the request was refused before one was known. */
  readonly provider: string;
  /** Model as asked for, or as the answer named it; null when neither could be read. */
  readonly model: string | null;
  /** Model as the answer named it, which prices go by; null when it named none. */
  readonly answerModel: string | null;
  readonly method: string;
  /** Endpoint after the provider, without query: queries may hold credentials. */
  readonly path: string;
  readonly userAgent: string | null;
  readonly requestContentType: string | null;
  readonly responseContentType: string | null;
  readonly requestSizeBytes: number;
  readonly responseSizeBytes: number;
  /** Status the provider gave, or the gateway's own for refusals and failures without one. */
  readonly statusCode: number;
  /** True for a 2xx answer that was delivered whole and carried no error. */
  readonly success: boolean;
  readonly outcome: ExchangeOutcome;
  /** Gateway error code of the catalogue when the gateway itself produced the answer, else null. */
  readonly errorCode: number | null;
  /** What went wrong in a word, e.g. `connection_refused`; null when nothing did. */
  readonly cause: string | null;
  readonly cacheStatus: "HIT" | "MISS" | null;
  /** True when the answer was an event stream. */
  readonly streamed: boolean;
  /** From the first byte sent upstream to the first body byte received; null when none came. */
  readonly timeToFirstByteMs: number | null;
  readonly durationMs: number;
  /** Time spent in the gateway itself: duration less waiting for the provider and the client. */
  readonly overheadMs: number;
  /** Usage as the answer told it; null when it told none. */
  readonly usage: TokenUsage | null;
  /** True when the client left before the provider told its usage, which is then counted from what came. */
  readonly isUsageEstimated: boolean;
  readonly cost: ExchangeCost;
  /** The client's `cf-aig-metadata` (reference §10.5); null when it sent none that counts. */
  readonly metadata: Metadata | null;
  /** Who asked, for counting users: the metadata's user, else the API token, else a keyed hash of the credential; null when neither is there. */
  readonly userKey: string | null;
  /** Id of the API token that let the request in; null on a gateway that asks for none. */
  readonly tokenId: string | null;
  /** The gateway's stored key it was sent with; null for the request's own credential, or none. */
  readonly storedKey: { readonly id: string; readonly alias: string } | null;
  /** Fields of the request and the answer that may be kept, by lower-case name; credentials are never among them. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** Span the client's trace continues from, 16 hex characters; null when it sent none. */
  readonly parentSpanId: string | null;
  /** False when the row is counted in analytics but not kept as a log (`collect_logs`, `cf-aig-collect-log`). */
  readonly isLogged: boolean;
}

/** Flat values a client attaches to a request; at most five entries (reference §10.5). */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/**
 * What an attempt cost, in integer nano-USD.
 * `priced` by the price book, `custom` by the client's `cf-aig-custom-cost`, `unpriced` when usage is known and no price
 * is, `none` when there was nothing to pay or nothing is known of it.
 */
export interface ExchangeCost {
  readonly state: "priced" | "custom" | "unpriced" | "none";
  /** Null unless `priced` or `custom`. */
  readonly nanoUsd: number | null;
  /** Version of the price book or override that priced it; null unless `priced`. */
  readonly priceVersion: string | null;
  /** What an answer out of the gateway's cache would have cost at the provider; absent for others. */
  readonly savedNanoUsd?: number;
}

/** A body as kept beside its record. */
export interface BodySnapshot {
  /** The bytes as they crossed the wire, content coding still on, from the first on. */
  readonly pieces: readonly Buffer[];
  /** False when the body was longer than what is kept. */
  readonly isComplete: boolean;
  /** `content-encoding` of the bytes; null for none. */
  readonly contentEncoding: string | null;
}

/** What is kept of an attempt beside its row; a member is null when nothing is kept of it. */
export interface ExchangeBodies {
  readonly request: BodySnapshot | null;
  readonly response: BodySnapshot | null;
}
