import type { ExchangeOutcome, ExchangeRecord } from "../core/exchange.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { newId } from "../core/ids.ts";
import type { AnswerHead, AnswerTail } from "../stores/ports/cache-store.ts";
import type { Admitted } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { responseFieldsToForward } from "./forward-headers.ts";
import { addGatewayFields } from "./gateway-fields.ts";
import type { BodyKeeper } from "./keep-body.ts";
import { type Attempt, recordAttempt } from "./record-attempt.ts";
import type { Step } from "./step.ts";

/** The attempt that a record needs where no provider is asked. */
export function cachedAttempt(exchange: Exchange, step: Step): Attempt {
  const { clock } = exchange.gateway;
  return {
    step,
    number: 1,
    id: exchange.attempts.length === 0 ? exchange.requestId : newId(),
    key: null,
    reserved: null,
    createdAtMs: clock.nowMs(),
    startedAtMs: clock.monotonicMs(),
  };
}

/** Fields of an answer that was got before or by somebody else, and the gateway's own. */
export function cachedFields(
  exchange: Exchange,
  { id, step }: Attempt,
  { head, isHit }: { readonly head: AnswerHead; readonly isHit: boolean },
): string[] {
  const fields = responseFieldsToForward(head.headers);
  addGatewayFields(fields, exchange, { logId: id, step: step.index, ...(isHit ? { cacheStatus: "HIT" } : {}) });
  if (!isHit) return fields;
  const ageMs = exchange.gateway.clock.nowMs() - head.storedAtMs;
  fields.push("cf-aig-cache-age", String(Math.max(0, Math.floor(ageMs / 1000))));
  return fields;
}

/** How such an exchange ended. */
export interface CachedEnd {
  readonly attempt: Attempt;
  readonly head: AnswerHead;
  readonly tail: AnswerTail;
  /** Fields that tell how much it is the answer to the question asked; none or absent for equal requests. */
  readonly similarity?: HeaderList;
  readonly keeper: BodyKeeper | null;
  readonly sizeBytes: number;
  readonly isHit: boolean;
  readonly outcome: ExchangeOutcome;
  readonly cause: string | null;
}

/** Appends its record: nothing was paid. */
export function recordCached(exchange: Exchange, admitted: Admitted, end: CachedEnd): ExchangeRecord {
  const { attempt, head, tail, similarity = [], keeper, sizeBytes, isHit, outcome, cause } = end;
  return recordAttempt(exchange, admitted, {
    attempt,
    result: {
      outcome,
      cause,
      statusCode: head.status,
      isProviderStatus: false,
      errorCode: null,
      responseHeaders: similarity.length === 0 ? head.headers : [...head.headers, ...similarity],
      responseSizeBytes: sizeBytes,
      responseBody: keeper?.snapshot(headerValue(head.headers, "content-encoding") ?? null) ?? null,
      firstByteAtMs: null,
      usage: tail.usage,
      isUsageEstimated: false,
      model: tail.model,
      ...(isHit ? { cached: { savedNanoUsd: tail.costNanoUsd } } : {}),
    },
  });
}
