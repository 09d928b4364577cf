import type { ExchangeRecord } from "../core/exchange.ts";
import { headerValue } from "../core/header-list.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import type { StoredAnswer } from "../stores/ports/cache-store.ts";
import { type AdaptedAnswer, answerAdapter } from "./adapt-answer.ts";
import type { Admitted } from "./authenticate.ts";
import type { CacheHit } from "./cache-hit.ts";
import { cachedAttempt, cachedFields, recordCached } from "./cached-exchange.ts";
import type { Exchange } from "./exchange.ts";
import { addUsageFields } from "./gateway-fields.ts";
import { BodyKeeper } from "./keep-body.ts";

/** Bytes given to a client before it is asked whether it keeps up. */
const FLUSH_BYTES = 256 * 1024;

/**
 * The ending of a request whose answer was cached: no provider is asked and nothing is paid (reference §3). It leaves as it was
 * received, under status and fields of then, and is recorded before its last byte leaves. Resolves when the exchange is over.
 */
export async function deliverCached(exchange: Exchange, admitted: Admitted, hit: CacheHit): Promise<void> {
  const { answer } = hit;
  const { status, headers } = answer.head;
  const attempt = cachedAttempt(exchange, hit.step);
  const adapted = adaptCached(admitted, answer);
  const pieces = adapted === null ? answer.pieces.map(({ bytes }) => bytes) : [adapted.body];
  const sizeBytes = adapted?.body.length ?? answer.sizeBytes;
  const isHit = hit.isError !== true;
  const fields = cachedFields(exchange, attempt, {
    head: { ...answer.head, headers: adapted?.headers ?? headers },
    isHit,
  });
  const similarity = hit.similarity === undefined ? [] : ["cf-aig-cache-similarity", hit.similarity.toFixed(4)];
  fields.push(...similarity);
  if (hit.staleFor !== undefined) fields.push("cf-aig-cache-stale", hit.staleFor);
  const { response, head } = exchange.request;
  const settle = (isLeft: boolean): ExchangeRecord => {
    const { keepsBodies } = hit.step.log;
    const keeper = keepsBodies ? new BodyKeeper(exchange.gateway.config.logs.max_body_bytes) : null;
    if (keeper !== null) for (const piece of pieces) keeper.add(piece);
    const cause = isHit ? null : "shared_failure";
    const end = isLeft
      ? ({ outcome: "client_aborted", cause: "client_gone" } as const)
      : { outcome: "complete" as const, cause };
    return recordCached(exchange, admitted, { attempt, ...answer, similarity, keeper, sizeBytes, isHit, ...end });
  };
  if (headerValue(headers, "content-type")?.startsWith("text/event-stream") !== true) {
    const record = settle(exchange.isClientGone);
    addUsageFields(fields, record, exchange);
    fields.push("content-length", String(sizeBytes));
    response.head(status, fields, "length");
    await sendPieces(response, pieces);
    response.end();
    return;
  }
  response.head(status, fields, head.isHttp10 ? "close" : "chunked");
  const isTaken = hit.step.cache.isPaced
    ? await sendPaced(exchange, answer.pieces)
    : await sendPieces(response, pieces);
  settle(!isTaken);
  response.end();
}

function adaptCached(admitted: Admitted, { head, sizeBytes, pieces }: StoredAnswer): AdaptedAnswer | null {
  const { status, headers } = head;
  const adapt = answerAdapter(admitted, { status, headers, framing: { kind: "length", sizeBytes } });
  return adapt === null ? null : adapt(headers, Buffer.concat(pieces.map(({ bytes }) => bytes)));
}

/** Gives the pieces to a client at the speed it takes them. @returns false when it left before it had them all. */
async function sendPieces(response: ResponseSink, pieces: readonly Buffer[]): Promise<boolean> {
  let givenBytes = 0;
  for (const piece of pieces) {
    response.write(piece);
    givenBytes += piece.length;
    if (givenBytes < FLUSH_BYTES) continue;
    givenBytes = 0;
    if (!response.isOver && !response.flush()) await untilDrained(response);
    if (response.isOver) return false;
  }
  return !response.isOver;
}

/** Gives the pieces to a client in the rhythm in which they were received. @returns as `sendPieces` does. */
async function sendPaced(exchange: Exchange, pieces: StoredAnswer["pieces"]): Promise<boolean> {
  const { response } = exchange.request;
  const { clock } = exchange.gateway;
  const startedAtMs = clock.monotonicMs();
  for (const { bytes, atMs } of pieces) {
    const pauseMs = startedAtMs + atMs - clock.monotonicMs();
    if (pauseMs > 0) await pause(response, pauseMs);
    response.write(bytes);
    if (!response.isOver && !response.flush()) await untilDrained(response);
    if (response.isOver) return false;
  }
  return !response.isOver;
}

/** Settles after `durationMs`, or when the client left. */
function pause(response: ResponseSink, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    const clientGone = (): void => {
      clearTimeout(timer);
      resolve();
    };
    response.listener = { drained: () => {}, clientGone };
  });
}

/** Settles when a slow client has taken what was waiting, or left. */
export function untilDrained(response: ResponseSink): Promise<void> {
  return new Promise((resolve) => {
    response.listener = { drained: resolve, clientGone: resolve };
  });
}
