import { newId } from "../core/ids.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import { attempt } from "./attempt.ts";
import type { Admitted } from "./authenticate.ts";
import type { CacheHit } from "./cache-hit.ts";
import { deliver } from "./deliver.ts";
import type { Exchange } from "./exchange.ts";
import { endOfRefused } from "./follow-answer.ts";
import { endAdmission, limit } from "./limit.ts";
import { refuse } from "./refuse.ts";

/**
 * Gets a new answer in place of one that was served beyond its lifetime, for nobody but the cache: limited, sent, recorded and paid for as any
 * other request. Its failure changes nothing: the older answer stays as long as it may. Never rejects.
 */
export async function revalidate(
  served: Exchange,
  admitted: Admitted,
  { steps, lead }: NonNullable<CacheHit["revalidation"]>,
): Promise<void> {
  const exchange: Exchange = {
    ...served,
    request: { ...served.request, response: nobody },
    requestId: newId(),
    attempts: [],
    limitFields: [],
    tryLimitFields: [],
    budgetRemaining: null,
    admission: null,
    isSent: false,
    isClientGone: false,
    lead,
    stale: null,
    isDetached: false,
    onClientGone: () => {},
  };
  try {
    await limit(exchange, admitted, steps);
    const answer = await attempt(exchange, admitted, steps);
    if (answer !== null && "call" in answer) await deliver(exchange, admitted, answer);
  } catch (error) {
    exchange.lead?.letGo(endOfRefused(error));
    refuse(exchange, admitted, error);
  } finally {
    exchange.lead?.letGo({ reason: "vacated" });
    endAdmission(exchange);
  }
}

/** Takes an answer that no client waits for. */
const nobody: ResponseSink = {
  isHeadSent: false,
  isOver: true,
  isBlocked: false,
  takesExtraBytes: false,
  listener: { drained: () => {}, clientGone: () => {} },
  head: () => {},
  write: () => {},
  flush: () => true,
  end: () => {},
  break: () => {},
  switchProtocols: () => null,
};
