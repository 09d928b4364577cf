import { newId } from "../core/ids.ts";
import { findDialect } from "../dialects/registry.ts";
import type { UpstreamCall, UpstreamResponse } from "../http1/upstream-call.ts";
import { UpstreamFailure } from "../http1/upstream-failure.ts";
import { openAnswerTap } from "../streaming/answer-tap.ts";
import type { Answer } from "./answer.ts";
import type { PreparedTry } from "./choose-credential.ts";
import { brokenTry, type FailedTry, failedTry, unsentTry, unwantedTry } from "./failed-try.ts";
import { holdPrelude } from "./hold-prelude.ts";
import { holdRule } from "./hold-rule.ts";
import type { Attempt } from "./record-attempt.ts";
import { recordUndelivered } from "./record-undelivered.ts";
import { reserve, type Reserved } from "./reserve.ts";
import { reserveSession } from "./reserve-session.ts";
import { switchProblem } from "./socket/check-switch.ts";
import type { Try } from "./try.ts";

/** Sends a step once. Resolves to an answer whose first content is there, or to why another try may follow. */
export async function tryOnce(current: Try): Promise<Answer | FailedTry> {
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
    const reserving = (step.isSocket === true ? reserveSession : reserve)(exchange, current.resolved, step);
    reserved = reserving === null ? null : await reserving;
  } catch (error) {
    credentials.giveBack();
    return unsentTry(current, { ...begun, key: credentials.key, reserved: null }, error);
  }
  const attemptNow: Attempt = { ...begun, key: credentials.key, reserved };
  if (exchange.isClientGone) {
    credentials.giveBack();
    return failedTry(current, attemptNow, new UpstreamFailure("aborted", "the client left"));
  }
  const call = send(current, prepared);
  exchange.onClientGone = () => call.abort();
  let response: UpstreamResponse;
  try {
    response = await call.response;
  } catch (error) {
    return failedTry(current, attemptNow, error as UpstreamFailure);
  }
  const answer = { attempt: attemptNow, call, response };
  if (exchange.isClientGone) {
    recordUndelivered(current, answer, { outcome: "client_aborted", cause: "client_gone", pieces: [] });
    return answer;
  }
  if (call.raw !== null) return switched(current, answer);
  if (response.status < 200 || response.status > 299) return unwantedTry(current, answer);
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
    recordUndelivered(current, answer, { outcome: "client_aborted", cause: "client_gone", pieces });
    return answer;
  }
  return verdict.kind === "usable" ? answer : brokenTry(current, answer, verdict);
}

/** A provider that became a WebSocket, as long as it did so by the rules. */
function switched(current: Try, answer: Answer): Answer | FailedTry {
  const problem = switchProblem(answer.call.request.headers, answer.response.headers);
  if (problem === null) {
    current.credentials.heard(answer.response.status, null);
    return answer;
  }
  answer.call.abort();
  return failedTry(
    current,
    answer.attempt,
    new UpstreamFailure("malformed_answer", `the provider answered ${problem}`),
  );
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
