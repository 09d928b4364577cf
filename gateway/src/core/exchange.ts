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
  readonly requestType: "provider" | "universal";
  /** 0-based index of the universal step, 0 for provider requests. */
  readonly step: number;
  /** 1-based try of that step. */
  readonly attempt: number;
  /** Provider slug; empty when the request was refused before one was known. */
  readonly provider: string;
  /** Model as asked for, or as the answer named it; null when neither could be read. */
  readonly model: string | null;
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
  /** Usage as the answer told it; null when it told none. */
  readonly usage: TokenUsage | null;
}
