import { headerValue } from "../core/header-list.ts";
import { newId } from "../core/ids.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import { responseFieldsToForward } from "./forward-headers.ts";
import type { Admitted } from "./authenticate.ts";
import { type AdaptedAnswer, answerAdapter } from "./adapt-answer.ts";
import type { Exchange } from "./exchange.ts";
import { addGatewayFields, addUsageFields } from "./gateway-fields.ts";
import { BodyKeeper } from "./keep-body.ts";
import type { CacheHit } from "./look-up-cache.ts";
import { type Attempt, recordAttempt } from "./record-attempt.ts";

/** Bytes given to a client before it is asked whether it keeps up. */
const FLUSH_BYTES = 256 * 1024;

/**
 * The ending of a request whose answer was cached: no provider is asked and nothing is paid (reference §3). It leaves as it was
 * received, under status and fields of then, and is recorded before its last byte leaves. Resolves when the exchange is over.
 */
export async function deliverCached(exchange: Exchange, admitted: Admitted, { step, answer }: CacheHit): Promise<void> {
  const { clock } = exchange.gateway;
  const { status, headers } = answer.head;
  const attempt: Attempt = {
    step,
    number: 1,
    id: exchange.attempts.length === 0 ? exchange.requestId : newId(),
    key: null,
    reserved: null,
    createdAtMs: clock.nowMs(),
    startedAtMs: clock.monotonicMs(),
  };
  const adapted = adaptCached(admitted, { headers, answer, status });
  const pieces = adapted === null ? answer.pieces.map(({ bytes }) => bytes) : [adapted.body];
  const sizeBytes = adapted?.body.length ?? answer.sizeBytes;
  const fields = responseFieldsToForward(adapted?.headers ?? headers);
  addGatewayFields(fields, exchange, { logId: attempt.id, step: step.index, cacheStatus: "HIT" });
  fields.push("cf-aig-cache-age", String(ageSeconds(answer.head.storedAtMs, clock.nowMs())));
  const isStream = isEventStream(headerValue(headers, "content-type"));
  const { response, head } = exchange.request;
  const settle = (isLeft: boolean): ReturnType<typeof recordAttempt> =>
    recordHit(exchange, admitted, { attempt, answer, pieces, sizeBytes, isLeft });
  if (!isStream) {
    const record = settle(exchange.isClientGone);
    addUsageFields(fields, record, exchange);
    fields.push("content-length", String(sizeBytes));
    response.head(status, fields, "length");
    await sendPieces(response, pieces);
    response.end();
    return;
  }
  response.head(status, fields, head.isHttp10 ? "close" : "chunked");
  const isTaken = await sendPieces(response, pieces);
  settle(!isTaken);
  response.end();
}

interface HitEnd {
  readonly attempt: Attempt;
  readonly answer: CacheHit["answer"];
  readonly pieces: readonly Buffer[];
  readonly sizeBytes: number;
  /** Whether the client left before it had everything. */
  readonly isLeft: boolean;
}

function recordHit(exchange: Exchange, admitted: Admitted, end: HitEnd): ReturnType<typeof recordAttempt> {
  const { attempt, answer, pieces, sizeBytes, isLeft } = end;
  const { head, tail } = answer;
  let responseBody = null;
  if (attempt.step.log.keepsBodies) {
    const keeper = new BodyKeeper(exchange.gateway.config.logs.max_body_bytes);
    for (const piece of pieces) keeper.add(piece);
    responseBody = keeper.snapshot(headerValue(head.headers, "content-encoding") ?? null);
  }
  return recordAttempt(exchange, admitted, {
    attempt,
    result: {
      outcome: isLeft ? "client_aborted" : "complete",
      cause: isLeft ? "client_gone" : null,
      statusCode: head.status,
      isProviderStatus: false,
      errorCode: null,
      responseHeaders: head.headers,
      responseSizeBytes: sizeBytes,
      responseBody,
      firstByteAtMs: null,
      usage: tail.usage,
      isUsageEstimated: false,
      model: tail.model,
      cached: { savedNanoUsd: tail.costNanoUsd },
    },
  });
}

function adaptCached(
  admitted: Admitted,
  {
    headers,
    answer,
    status,
  }: { headers: CacheHit["answer"]["head"]["headers"]; answer: CacheHit["answer"]; status: number },
): AdaptedAnswer | null {
  const framing = { kind: "length", sizeBytes: answer.sizeBytes } as const;
  const adapt = answerAdapter(admitted, { status, headers, framing });
  return adapt === null ? null : adapt(headers, Buffer.concat(answer.pieces.map(({ bytes }) => bytes)));
}

/** Gives the pieces to a client at the speed it takes them. @returns false when it left before it had them all. */
async function sendPieces(response: ResponseSink, pieces: readonly Buffer[]): Promise<boolean> {
  let givenBytes = 0;
  for (const piece of pieces) {
    response.write(piece);
    givenBytes += piece.length;
    if (givenBytes < FLUSH_BYTES) continue;
    givenBytes = 0;
    if (!response.isOver && !response.flush()) await drained(response);
    if (response.isOver) return false;
  }
  return !response.isOver;
}

function drained(response: ResponseSink): Promise<void> {
  return new Promise((resolve) => {
    response.listener = { drained: resolve, clientGone: resolve };
  });
}

function ageSeconds(storedAtMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - storedAtMs) / 1000));
}

function isEventStream(contentType: string | undefined): boolean {
  return contentType?.startsWith("text/event-stream") === true;
}
