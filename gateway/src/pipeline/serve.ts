import type { IncomingRequest } from "../http1/server-connection.ts";
import { answerModels, asksForModels } from "./answer-models.ts";
import { attempt } from "./attempt.ts";
import { type Admitted, authenticate } from "./authenticate.ts";
import { checkModels } from "./check-models.ts";
import { deliver } from "./deliver.ts";
import { deliverCached } from "./deliver-cached.ts";
import { deliverShared } from "./deliver-shared.ts";
import { endOfRefused } from "./follow-answer.ts";
import { openExchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { lookUpCache } from "./look-up-cache.ts";
import { endAdmission, limit } from "./limit.ts";
import { planSteps } from "./plan-steps.ts";
import { readControls } from "./read-controls.ts";
import { refuse } from "./refuse.ts";
import { relaySession } from "./socket/relay-session.ts";
import { openUniversalSocket } from "./socket/universal-socket.ts";
import { revalidate } from "./revalidate.ts";
import { type Resolved, resolve } from "./resolve.ts";

/**
 * One request, top to bottom. Each stage's result is the next one's argument, so none can run before what it depends on.
 * Every path ends once: in `deliver` when a provider answered, in `deliverCached` when one had answered the same before, in `deliverShared` when one is answering it right now, in
 * `relaySession` when it became a WebSocket, in `refuse` when none answered, in `openUniversalSocket`, whose messages are requests of their
 * own, in `answerModels` when the gateway itself knows the answer, or silently when the client left.
 * docs/request-lifecycle.md draws it.
 */
export async function serve(request: IncomingRequest, gateway: Gateway): Promise<void> {
  const exchange = openExchange(request, gateway);
  let resolved: Resolved | Admitted | null = null;
  try {
    resolved = resolve(request.head, gateway);
    const admitted = authenticate(exchange, resolved);
    resolved = admitted;
    if (exchange.isSocket && admitted.providerSlug === null) return openUniversalSocket(exchange, serve);
    if (asksForModels(exchange, admitted)) return answerModels(exchange, admitted);
    const controls = readControls(request.head.headers, resolved.settings);
    // What is at hand is not waited for: each wait costs a request a turn of the queue.
    const planning = planSteps(exchange, admitted, controls);
    const steps = checkModels(admitted, planning instanceof Promise ? await planning : planning);
    const looking = lookUpCache(exchange, admitted, steps);
    const hit = looking === null ? null : await looking;
    if (hit === null) {
      const limiting = limit(exchange, admitted, steps);
      if (limiting !== null) await limiting;
    }
    const answer = hit ?? (await attempt(exchange, admitted, steps));
    if (answer === null) return;
    if ("revalidation" in answer && answer.revalidation !== undefined) {
      void revalidate(exchange, admitted, answer.revalidation);
    }
    if ("follower" in answer) await deliverShared(exchange, admitted, answer);
    else if (!("call" in answer)) await deliverCached(exchange, admitted, answer);
    else if (answer.call.raw !== null) await relaySession(exchange, admitted, answer);
    else await deliver(exchange, admitted, answer);
  } catch (error) {
    exchange.lead?.letGo(endOfRefused(error));
    refuse(exchange, resolved, error);
  } finally {
    exchange.lead?.letGo({ reason: "vacated" });
    endAdmission(exchange);
  }
}
