import type { BodySnapshot, ExchangeBodies, ExchangeCost, ExchangeOutcome, ExchangeRecord } from "../core/exchange.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import type { StoredKey } from "../core/stored-key.ts";
import type { TokenUsage } from "../core/usage.ts";
import type { Admitted } from "./authenticate.ts";
import { costOfAttempt } from "./cost-of-attempt.ts";
import type { Exchange } from "./exchange.ts";
import { noCost } from "../prices/cost-of.ts";
import { keptRequestHeaders, keptResponseHeaders } from "../providers/kept-headers.ts";
import { isSuccess } from "./is-success.ts";
import type { Reserved } from "./reserve.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";
import { userKey } from "./user-key.ts";

/** Status that records carry when the client left before there was one; the field's custom. */
export const CLIENT_CLOSED_STATUS = 499;

/** What is kept of a session is one message a line. */
const SESSION_TYPE = "application/x-ndjson";

/** One try of one step. */
export interface Attempt {
  readonly step: Step;
  /** Stored key it was sent with; null for the request's own credential, or none. */
  readonly key: StoredKey | null;
  /** 1-based within its step. */
  readonly number: number;
  /** Log id. */
  readonly id: string;
  /** Wall clock, Unix milliseconds. */
  readonly createdAtMs: number;
  /** Monotonic. */
  readonly startedAtMs: number;
  /** What it reserved of limits; null for nothing. */
  readonly reserved: Reserved | null;
}

/** How an attempt went. Sizes in bytes, times monotonic milliseconds. */
export interface AttemptResult {
  readonly outcome: ExchangeOutcome;
  /** Status of the provider, or the gateway's own. */
  readonly statusCode: number;
  /** Whether `statusCode` came from the provider. */
  readonly isProviderStatus: boolean;
  readonly errorCode: number | null;
  readonly cause: string | null;
  readonly responseHeaders: HeaderList;
  readonly responseSizeBytes: number;
  /** What is kept of the answer's body; null for nothing. */
  readonly responseBody: BodySnapshot | null;
  readonly firstByteAtMs: number | null;
  readonly usage: TokenUsage | null;
  readonly isUsageEstimated: boolean;
  /** Model the answer named. */
  readonly model: string | null;
  /** Set where the answer came out of the cache: what it cost at the provider then, null for unknown. */
  readonly cached?: { readonly savedNanoUsd: number | null };
  /** What a session's client sent after its handshake; absent for requests, whose body says it. */
  readonly sent?: { readonly sizeBytes: number; readonly body: BodySnapshot | null };
}

/** Appends the record of an attempt that is over, and remembers it for the error that may follow. @returns the record. */
export function recordAttempt(
  exchange: Exchange,
  resolved: Admitted,
  ended: { attempt: Attempt; result: AttemptResult },
): ExchangeRecord {
  const { attempt, result } = ended;
  const { step } = attempt;
  const { clock, journal } = exchange.gateway;
  const isFirst = exchange.attempts.length === 0;
  const durationMs = clock.monotonicMs() - attempt.startedAtMs;
  const gatewayMs = attempt.startedAtMs - exchange.request.receivedAtMs - exchange.clientWaitMs;
  exchange.attempts.push({
    logId: attempt.id,
    step: step.index,
    attempt: attempt.number,
    provider: step.provider.slug,
    statusCode: result.isProviderStatus ? result.statusCode : null,
    cause: result.cause,
    durationMs: Math.round(durationMs),
  });
  const isSession = result.sent !== undefined;
  const responseContentType = isSession ? SESSION_TYPE : (headerValue(result.responseHeaders, "content-type") ?? null);
  const record: ExchangeRecord = {
    ...requestPart(exchange, resolved),
    id: attempt.id,
    eventId: step.log.eventId ?? exchange.eventId,
    createdAtMs: attempt.createdAtMs,
    step: step.index,
    attempt: attempt.number,
    provider: step.provider.slug,
    model: step.model ?? result.model,
    answerModel: result.model,
    path: step.path,
    requestContentType: isSession ? SESSION_TYPE : step.contentType,
    requestSizeBytes: result.sent?.sizeBytes ?? requestSizeBytes(exchange, step),
    responseContentType,
    responseSizeBytes: result.responseSizeBytes,
    statusCode: result.statusCode,
    success: result.outcome === "complete" && isSuccess(result.statusCode),
    outcome: result.outcome,
    errorCode: result.errorCode,
    cause: result.cause,
    cacheStatus: step.isSocket === true ? null : result.cached === undefined ? "MISS" : "HIT",
    streamed: responseContentType !== null && isStreamType(responseContentType),
    timeToFirstByteMs: result.firstByteAtMs === null ? null : rounded(result.firstByteAtMs - attempt.startedAtMs),
    durationMs: rounded(durationMs),
    overheadMs: isFirst ? rounded(Math.max(0, gatewayMs)) : 0,
    usage: result.usage,
    isUsageEstimated: result.isUsageEstimated,
    cost: result.cached === undefined ? costOfAttempt(exchange.gateway, attempt, result) : savedCost(result.cached),
    metadata: step.log.metadata,
    userKey: userKey(exchange.gateway, step, resolved.token),
    tokenId: resolved.token?.id ?? null,
    storedKey: attempt.key === null ? null : { id: attempt.key.id, alias: attempt.key.alias },
    responseHeaders: keptResponseHeaders(result.responseHeaders),
    isLogged: step.log.isLogged,
  };
  attempt.reserved?.settle(record);
  journal.append(record, bodiesOf(exchange, step, result));
  return record;
}

/** Nothing was paid for an answer out of the cache (reference §3). */
function savedCost({ savedNanoUsd }: NonNullable<AttemptResult["cached"]>): ExchangeCost {
  return savedNanoUsd === null ? noCost : { ...noCost, savedNanoUsd };
}

/** Appends the record of a request that ended before any attempt: refused, or left by its client. */
export function recordRefusal(
  exchange: Exchange,
  resolved: Resolved | Admitted,
  refusal: { outcome: "refused" | "client_aborted"; statusCode: number; errorCode: number | null; cause: string },
): void {
  const { head, body } = exchange.request;
  exchange.gateway.journal.append(
    {
      ...requestPart(exchange, resolved),
      id: exchange.requestId,
      eventId: exchange.eventId,
      createdAtMs: exchange.createdAtMs,
      step: 0,
      attempt: 1,
      provider: resolved.providerSlug ?? "",
      model: null,
      answerModel: null,
      path: resolved.rest,
      requestContentType: headerValue(head.headers, "content-type") ?? null,
      requestSizeBytes: body.receivedBytes,
      responseContentType: null,
      responseSizeBytes: 0,
      statusCode: refusal.statusCode,
      success: false,
      outcome: refusal.outcome,
      errorCode: refusal.errorCode,
      cause: refusal.cause,
      cacheStatus: null,
      streamed: false,
      timeToFirstByteMs: null,
      durationMs: rounded(exchange.gateway.clock.monotonicMs() - exchange.request.receivedAtMs),
      overheadMs: 0,
      usage: null,
      isUsageEstimated: false,
      cost: { state: "none", nanoUsd: null, priceVersion: null },
      metadata: null,
      userKey: null,
      tokenId: "token" in resolved ? (resolved.token?.id ?? null) : null,
      storedKey: null,
      responseHeaders: {},
      isLogged: resolved.settings.collect_logs,
    },
    null,
  );
}

function requestPart(
  exchange: Exchange,
  resolved: Resolved,
): Pick<
  ExchangeRecord,
  | "requestId"
  | "traceId"
  | "parentSpanId"
  | "accountId"
  | "gatewayId"
  | "requestType"
  | "method"
  | "userAgent"
  | "requestHeaders"
> {
  const { head } = exchange.request;
  return {
    requestId: exchange.requestId,
    traceId: exchange.traceId,
    parentSpanId: exchange.parentSpanId,
    accountId: resolved.accountId,
    gatewayId: resolved.gatewayId,
    requestType: exchange.isSocket ? "websocket" : resolved.providerSlug === null ? "universal" : "provider",
    method: head.method,
    userAgent: headerValue(head.headers, "user-agent") ?? null,
    requestHeaders: keptRequestHeaders(head.headers),
  };
}

function bodiesOf(exchange: Exchange, step: Step, result: AttemptResult): ExchangeBodies | null {
  if (!step.log.keepsBodies) return null;
  const encoding = headerValue(exchange.request.head.headers, "content-encoding") ?? null;
  return {
    request:
      result.sent !== undefined
        ? result.sent.body
        : requestBody(step, { encoding, limitBytes: exchange.gateway.config.logs.max_body_bytes }),
    response: result.responseBody,
  };
}

function requestBody(step: Step, keep: { encoding: string | null; limitBytes: number }): BodySnapshot | null {
  if (!Buffer.isBuffer(step.body)) return step.requestKeeper?.snapshot(keep.encoding) ?? null;
  if (step.body.length === 0) return null;
  const isComplete = step.body.length <= keep.limitBytes;
  const bytes = isComplete ? step.body : step.body.subarray(0, keep.limitBytes);
  return { pieces: [bytes], isComplete, contentEncoding: keep.encoding };
}

function requestSizeBytes(exchange: Exchange, { body }: Step): number {
  return Buffer.isBuffer(body) ? body.length : exchange.request.body.receivedBytes;
}

function isStreamType(contentType: string): boolean {
  return /^(?:text\/event-stream|application\/(?:vnd\.amazon\.eventstream|x-ndjson|stream\+json))/i.test(contentType);
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 100) / 100;
}
