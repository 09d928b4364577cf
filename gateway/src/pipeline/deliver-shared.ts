import type { Follower } from "../cache/flight.ts";
import type { AnswerHead, AnswerTail } from "../stores/ports/cache-store.ts";
import type { Admitted } from "./authenticate.ts";
import { cachedAttempt, cachedFields, recordCached } from "./cached-exchange.ts";
import { untilDrained } from "./deliver-cached.ts";
import type { Exchange } from "./exchange.ts";
import { BodyKeeper } from "./keep-body.ts";
import type { Step } from "./step.ts";

/** A stream that another request is getting for the same question. */
export interface SharedStream {
  readonly step: Step;
  readonly head: AnswerHead;
  readonly follower: Follower;
}

const UNTOLD: AnswerTail = { model: null, usage: null, costNanoUsd: null };

/**
 * The ending of a request that shares a stream with an equal one that asked the provider: what came so far leaves at once, the rest as
 * it comes. It is a hit; where the stream breaks off, it breaks off here, too.
 */
export async function deliverShared(exchange: Exchange, admitted: Admitted, shared: SharedStream): Promise<void> {
  const { step, head, follower } = shared;
  const { response, head: request } = exchange.request;
  const attempt = cachedAttempt(exchange, step);
  const keeper = step.log.keepsBodies ? new BodyKeeper(exchange.gateway.config.logs.max_body_bytes) : null;
  let sizeBytes = 0;
  const settle = (end: Pick<Parameters<typeof recordCached>[2], "outcome" | "cause">, tail = UNTOLD): void => {
    recordCached(exchange, admitted, { attempt, head, tail, keeper, sizeBytes, isHit: true, ...end });
  };
  response.listener = { drained: () => {}, clientGone: () => follower.leave() };
  response.head(
    head.status,
    cachedFields(exchange, attempt, { head, isHit: true }),
    request.isHttp10 ? "close" : "chunked",
  );
  try {
    for (;;) {
      const event = await follower.next();
      if (response.isOver) return settle({ outcome: "client_aborted", cause: "client_gone" });
      if (event.kind === "piece") {
        const { bytes } = event.piece;
        sizeBytes += bytes.length;
        keeper?.add(bytes);
        response.write(bytes);
        if (!response.flush()) await untilDrained(response);
        response.listener = { drained: () => {}, clientGone: () => follower.leave() };
      } else if (event.kind === "whole") {
        settle({ outcome: "complete", cause: null }, event.tail);
        return response.end();
      } else if (event.kind === "over") {
        settle({ outcome: "upstream_broken", cause: event.end.error?.cause ?? "shared_failure" });
        return response.break();
      }
    }
  } finally {
    follower.leave();
  }
}
