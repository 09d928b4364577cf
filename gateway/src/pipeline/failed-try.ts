import { errorCatalogue, type ErrorDefinition, GatewayError } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import { UpstreamFailure } from "../http1/upstream-failure.ts";
import { isRetryableStatus, readRetryAfterMs } from "../routing/retry-policy.ts";
import type { Answer } from "./answer.ts";
import { discardAnswer } from "./discard-answer.ts";
import type { PreludeVerdict } from "./hold-prelude.ts";
import { type Attempt, type AttemptResult, CLIENT_CLOSED_STATUS, recordAttempt } from "./record-attempt.ts";
import { recordUndelivered } from "./record-undelivered.ts";
import type { Try } from "./try.ts";

/** An attempt that another one may follow. */
export interface FailedTry {
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

/** A try that was sent and had no answer: a failure of the connection, a time-out, or a client that left. Its record is appended. */
export function failedTry(current: Try, attemptNow: Attempt, failure: UpstreamFailure): FailedTry {
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
export const STEP_REFUSALS: ReadonlySet<ErrorDefinition> = new Set([
  errorCatalogue.unknownStoredKey,
  errorCatalogue.credentialMissing,
  errorCatalogue.storedKeyUnusable,
  errorCatalogue.rateLimited,
  errorCatalogue.spendLimited,
  errorCatalogue.spendLimitedOnRun,
]);

/**
 * A try that ended before anything was sent, because no credential could be had or a limit was full. Another step may have its own.
 * @throws what was thrown when it is neither the provider's nor a stored key's fault: no other step can mend it.
 */
export function unsentTry(current: Try, attemptNow: Attempt, thrown: unknown): FailedTry {
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

/** A try that was answered with another status than a success; its answer may still be the one that is delivered. */
export function unwantedTry(current: Try, answer: Answer): FailedTry {
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
      recordUndelivered(current, answer, {
        outcome: "superseded",
        cause: null,
        pieces: await discardAnswer(answer.call),
      });
    },
  };
}

/** A try whose answer broke off, or turned out to be an error, before any content. Its record is appended. */
export function brokenTry(
  current: Try,
  answer: Answer,
  verdict: Exclude<PreludeVerdict, { readonly kind: "usable" }>,
): FailedTry {
  const failure = verdict.kind === "broken" ? verdict.failure : null;
  recordUndelivered(current, answer, {
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
