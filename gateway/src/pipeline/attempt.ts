import { errorCatalogue, type ErrorDefinition, GatewayError } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import { newId } from "../core/ids.ts";
import { findDialect } from "../dialects/registry.ts";
import type { UpstreamCall, UpstreamResponse } from "../http1/upstream-call.ts";
import { UpstreamFailure } from "../http1/upstream-failure.ts";
import { isRetryableStatus, pauseMs, readRetryAfterMs } from "../routing/retry-policy.ts";
import { openAnswerTap } from "../streaming/answer-tap.ts";
import type { Admitted } from "./authenticate.ts";
import { budgetFallback } from "./budget-fallback.ts";
import { chooseCredential, type PreparedTry, type StepCredentials } from "./choose-credential.ts";
import { cutUsage } from "./cut-usage.ts";
import type { Exchange } from "./exchange.ts";
import { BodyKeeper } from "./keep-body.ts";
import { discardAnswer } from "./discard-answer.ts";
import type { CacheHit } from "./cache-hit.ts";
import type { SharedStream } from "./deliver-shared.ts";
import { lookUpCache } from "./look-up-cache.ts";
import { holdRule } from "./hold-rule.ts";
import { holdPrelude, type PreludeVerdict } from "./hold-prelude.ts";
import { type Attempt, type AttemptResult, CLIENT_CLOSED_STATUS, recordAttempt } from "./record-attempt.ts";
import { pauseBeforeTry } from "./pause-before-try.ts";
import { type Reserved, reserve } from "./reserve.ts";
import { switchProblem } from "./socket/check-switch.ts";
import type { Step } from "./step.ts";

/** An answer that is to be delivered: a success, or the last failure a provider answered with. */
export interface Answer {
  readonly attempt: Attempt;
  readonly call: UpstreamCall;
  readonly response: UpstreamResponse;
}

/** An attempt that another one may follow. */
interface FailedTry {
  /** Null when there was no answer to pass on, or its first bytes were an error under status 200. */
  readonly answer: Answer | null;
  readonly failure: UpstreamFailure | null;
  /** Why nothing could be sent; null when something was. */
  readonly refusal: GatewayError | null;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | null;
  /** Ends the attempt because another one takes its place. */
  supersede(): Promise<void>;
}

/**
 * Stage 7: tries the steps in order, each as often as its policy says, until an answer's first content is there.
 * A step gives way to the next on any status but 2xx, on failures and time-outs, after its tries (reference §6, §7).
 * A step that another one gave way to may have a cached answer.
 * @returns the answer to deliver; null when the client left.
 * @throws GatewayError upstreamFailed or upstreamTimeout (2005) with every attempt, when the last one had no answer.
 */
export async function attempt(
  exchange: Exchange,
  resolved: Admitted,
  steps: readonly Step[],
): Promise<Answer | CacheHit | SharedStream | null> {
  const queue = [...steps];
  for (let position = 0; position < queue.length; position += 1) {
    const step = queue[position] as Step;
    if (position > 0) {
      exchange.lead?.letGo({ reason: "failed" });
      const hit = await lookUpCache(exchange, resolved, queue.slice(position));
      if (hit !== null) return hit;
    }
    const hasNextStep = position + 1 < queue.length;
    const maxAttempts = step.body === null || Buffer.isBuffer(step.body) ? step.retry.maxAttempts : 1;
    const credentials = chooseCredential(exchange, resolved, step);
    // Tries with another key of a pool have numbers of their own and count for nothing.
    for (let number = 1, counted = 1; ; number += 1) {
      const hasNextTry = counted < maxAttempts;
      const hasAlternative = hasNextTry || hasNextStep || exchange.stale !== null;
      const outcome = await tryOnce({
        exchange,
        resolved,
        step,
        credentials,
        number,
        isRepeat: counted > 1,
        hasAlternative,
      });
      if (exchange.isClientGone) return null;
      if (!("isRetryable" in outcome)) return outcome;
      const instead = outcome.refusal === null ? null : budgetFallback(resolved, step, outcome.refusal);
      if (instead !== null) {
        queue.splice(position + 1, 0, instead);
        break;
      }
      if (await credentials.rotate()) {
        await outcome.supersede();
        continue;
      }
      const isRepeated = hasNextTry && outcome.isRetryable;
      const stale = hasNextStep || !outcome.isRetryable ? null : exchange.stale;
      if (!isRepeated && !hasNextStep && stale === null) return giveUp(exchange, outcome);
      await outcome.supersede();
      if (!isRepeated && stale !== null) {
        exchange.lead?.letGo(STALE_INSTEAD);
        return stale;
      }
      if (!isRepeated) break;
      await pauseBeforeTry(exchange, pauseMs(step.retry, counted, outcome.retryAfterMs));
      counted += 1;
      if (exchange.isClientGone) return null;
    }
  }
  throw new GatewayError("internal", { message: "a request without steps reached the attempt stage" });
}

/** What those who wait are told where an older answer is served in place of a failure. */
const STALE_INSTEAD = {
  reason: "failed",
  error: { isTimeout: false, cause: "shared_failure", explanation: "the provider failed an equal request" },
} as const;

interface Try {
  readonly exchange: Exchange;
  readonly resolved: Admitted;
  readonly step: Step;
  readonly credentials: StepCredentials;
  readonly number: number;
  readonly isRepeat: boolean;
  readonly hasAlternative: boolean;
}

async function tryOnce(current: Try): Promise<Answer | FailedTry> {
  const { exchange, step, credentials, number } = current;
  const { clock } = exchange.gateway;
  const begun: Omit<Attempt, "key" | "reserved"> = {
    step,
    number,
    id: exchange.attempts.length === 0 ? exchange.requestId : newId(),
    createdAtMs: clock.nowMs(),
    startedAtMs: clock.monotonicMs(),
  };
  exchange.tryLimitFields = [];
  let prepared: PreparedTry;
  let reserved: Reserved | null;
  try {
    const preparing = credentials.prepare();
    prepared = preparing instanceof Promise ? await preparing : preparing;
    const reserving = reserve(exchange, current.resolved, step);
    reserved = reserving === null ? null : await reserving;
  } catch (error) {
    credentials.giveBack();
    return unsent(current, { ...begun, key: credentials.key, reserved: null }, error);
  }
  const attemptNow: Attempt = { ...begun, key: credentials.key, reserved };
  if (exchange.isClientGone) {
    credentials.giveBack();
    return failed(current, attemptNow, new UpstreamFailure("aborted", "the client left"));
  }
  const call = send(current, prepared);
  exchange.onClientGone = () => call.abort();
  let response: UpstreamResponse;
  try {
    response = await call.response;
  } catch (error) {
    return failed(current, attemptNow, error as UpstreamFailure);
  }
  const answer = { attempt: attemptNow, call, response };
  if (exchange.isClientGone) {
    recordEnd(current, answer, { outcome: "client_aborted", cause: "client_gone", pieces: [] });
    return answer;
  }
  if (call.raw !== null) return switched(current, answer);
  if (response.status < 200 || response.status > 299) return unwanted(current, answer);
  credentials.heard(response.status, null);
  if (!current.hasAlternative || response.framing.kind === "none") return answer;
  const dialect = findDialect(step.upstream.dialect);
  const verdict = await holdPrelude(
    call,
    openAnswerTap({ dialect, status: response.status, headers: response.headers }),
    holdRule(response, dialect),
  );
  if (exchange.isClientGone) {
    const pieces = verdict.kind === "usable" ? [] : verdict.pieces;
    recordEnd(current, answer, { outcome: "client_aborted", cause: "client_gone", pieces });
    return answer;
  }
  return verdict.kind === "usable" ? answer : brokenPrelude(current, answer, verdict);
}

/** A provider that became a WebSocket, as long as it did so by the rules. */
function switched(current: Try, answer: Answer): Answer | FailedTry {
  const problem = switchProblem(answer.call.request.headers, answer.response.headers);
  if (problem === null) {
    current.credentials.heard(answer.response.status, null);
    return answer;
  }
  answer.call.abort();
  return failed(current, answer.attempt, new UpstreamFailure("malformed_answer", `the provider answered ${problem}`));
}

function send(
  { exchange, step, isRepeat, hasAlternative }: Try,
  { upstream: target, body }: PreparedTry,
): UpstreamCall {
  const { config, upstream } = exchange.gateway;
  const { timeouts } = config;
  exchange.isSent = true;
  // The last of several tries waits as long as the gateway itself allows (reference §7.1).
  const isWaived = isRepeat && !hasAlternative;
  const askedMs = isWaived ? null : step.requestTimeoutMs;
  return upstream.send({
    origin: target.origin,
    method: step.method,
    target: target.target,
    headers: ["host", target.hostHeader, ...target.headers],
    body,
    ...(step.isSocket === true ? { upgrade: "websocket" as const } : {}),
    timeouts: {
      connectMs: timeouts.connect_ms,
      firstByteMs: shorter(askedMs ?? 0, timeouts.first_byte_ms),
      idleMs: timeouts.idle_ms,
      totalMs: timeouts.total_ms,
    },
  });
}

function shorter(leftMs: number, rightMs: number): number {
  if (leftMs === 0 || rightMs === 0) return leftMs + rightMs;
  return Math.min(leftMs, rightMs);
}

function failed(current: Try, attemptNow: Attempt, failure: UpstreamFailure): FailedTry {
  const isClientGone = failure.reason === "aborted";
  recordNoAnswer(current, attemptNow, {
    outcome: isClientGone ? "client_aborted" : failure.isTimeout ? "timeout" : "upstream_failed",
    statusCode: isClientGone ? CLIENT_CLOSED_STATUS : failure.isTimeout ? 504 : 400,
    errorCode: isClientGone ? null : 2005,
    cause: isClientGone ? "client_gone" : failure.reason,
  });
  return {
    answer: null,
    failure,
    refusal: null,
    // The address policy says the same of the next try.
    isRetryable: failure.reason !== "address_not_allowed",
    retryAfterMs: null,
    supersede: () => Promise.resolve(),
  };
}

/** Faults of a credential of the gateway's, and limits: another step may have a better one, or one that is not full. */
const STEP_REFUSALS: ReadonlySet<ErrorDefinition> = new Set([
  errorCatalogue.unknownStoredKey,
  errorCatalogue.credentialMissing,
  errorCatalogue.storedKeyUnusable,
  errorCatalogue.rateLimited,
  errorCatalogue.spendLimited,
  errorCatalogue.spendLimitedOnRun,
]);

/**
 * A try that ended before anything was sent, because no credential could be had. Another step may have its own.
 * @throws what was thrown when it is neither the provider's nor a stored key's fault: no other step can mend it.
 */
function unsent(current: Try, attemptNow: Attempt, thrown: unknown): FailedTry {
  const definition = thrown instanceof GatewayError ? thrown.definition : null;
  const isRefused = definition !== null && STEP_REFUSALS.has(definition);
  if (!(thrown instanceof GatewayError) || (definition?.fault !== "provider" && !isRefused)) throw thrown;
  const { status, code } = thrown.definition;
  const { cause, upstreamStatus } = thrown.details;
  recordNoAnswer(current, attemptNow, {
    outcome: isRefused ? "refused" : status === 504 ? "timeout" : "upstream_failed",
    statusCode: status,
    errorCode: code,
    cause: cause ?? "credential_endpoint_failed",
  });
  const isRetryable = !isRefused && (upstreamStatus === undefined || isRetryableStatus(upstreamStatus));
  return {
    answer: null,
    failure: null,
    refusal: thrown,
    isRetryable,
    retryAfterMs: null,
    supersede: () => Promise.resolve(),
  };
}

function recordNoAnswer(
  current: Try,
  attemptNow: Attempt,
  end: Pick<AttemptResult, "outcome" | "statusCode" | "errorCode" | "cause">,
): void {
  recordAttempt(current.exchange, current.resolved, {
    attempt: attemptNow,
    result: {
      ...end,
      isProviderStatus: false,
      responseHeaders: [],
      responseSizeBytes: 0,
      responseBody: null,
      isUsageEstimated: false,
      firstByteAtMs: null,
      usage: null,
      model: null,
    },
  });
}

function unwanted(current: Try, answer: Answer): FailedTry {
  const { status, headers } = answer.response;
  const retryAfterMs = readRetryAfterMs(
    headerValue(headers, "retry-after"),
    headerValue(headers, "retry-after-ms"),
    current.exchange.gateway.clock.nowMs(),
  );
  current.credentials.heard(status, retryAfterMs);
  return {
    answer,
    failure: null,
    refusal: null,
    isRetryable: isRetryableStatus(status),
    retryAfterMs,
    async supersede() {
      recordEnd(current, answer, { outcome: "superseded", cause: null, pieces: await discardAnswer(answer.call) });
    },
  };
}

function brokenPrelude(
  current: Try,
  answer: Answer,
  verdict: Exclude<PreludeVerdict, { readonly kind: "usable" }>,
): FailedTry {
  const failure = verdict.kind === "broken" ? verdict.failure : null;
  recordEnd(current, answer, {
    outcome: failure === null ? "error_in_answer" : failure.isTimeout ? "timeout" : "upstream_broken",
    cause: failure?.reason ?? "error_in_answer",
    pieces: verdict.pieces,
  });
  answer.call.abort();
  return {
    answer: null,
    failure,
    refusal: null,
    isRetryable: true,
    retryAfterMs: null,
    supersede: () => Promise.resolve(),
  };
}

/** How an attempt that had an answer ended without being delivered, and what had come of it. */
interface UndeliveredEnd {
  readonly outcome: "superseded" | "error_in_answer" | "upstream_broken" | "timeout" | "client_aborted";
  readonly cause: string | null;
  readonly pieces: readonly Buffer[];
}

function recordEnd(current: Try, answer: Answer, { outcome, cause, pieces }: UndeliveredEnd): void {
  const { exchange, resolved, step } = current;
  const { status, headers } = answer.response;
  const keeper = new BodyKeeper(exchange.gateway.config.logs.max_body_bytes);
  for (const piece of pieces) keeper.add(piece);
  const kept = keeper.snapshot(headerValue(headers, "content-encoding") ?? null);
  const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const isBilled = outcome === "client_aborted" || outcome === "upstream_broken" || outcome === "timeout";
  const { usage, isEstimated } = isBilled
    ? cutUsage(answer, { told: null, kept, sizeBytes })
    : { usage: null, isEstimated: false };
  recordAttempt(exchange, resolved, {
    attempt: answer.attempt,
    result: {
      outcome,
      cause,
      statusCode: status,
      isProviderStatus: true,
      errorCode: null,
      responseHeaders: headers,
      responseSizeBytes: sizeBytes,
      responseBody: step.log.keepsBodies ? kept : null,
      isUsageEstimated: isEstimated,
      firstByteAtMs: answer.call.firstByteAtMs,
      usage,
      model: null,
    },
  });
}

function giveUp(exchange: Exchange, outcome: FailedTry): Answer {
  if (outcome.answer !== null) return outcome.answer;
  const { failure, refusal } = outcome;
  if (refusal !== null && STEP_REFUSALS.has(refusal.definition)) throw refusal;
  if (refusal !== null) {
    const name = refusal.definition.status === 504 ? "upstreamTimeout" : "upstreamFailed";
    throw new GatewayError(name, { ...refusal.details, attempts: exchange.attempts });
  }
  const name = failure?.isTimeout === true ? "upstreamTimeout" : "upstreamFailed";
  throw new GatewayError(name, {
    ...(failure === null ? { cause: "error_in_answer" } : { cause: failure.reason, explanation: failure.message }),
    attempts: exchange.attempts,
  });
}
