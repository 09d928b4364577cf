import { headerValue } from "../core/header-list.ts";
import type { Exchange } from "./exchange.ts";
import { fieldsToForward } from "./fields-to-forward.ts";
import { queryToForward } from "./forward-headers.ts";
import { ownTokens } from "./own-tokens.ts";
import { planCompatCall } from "./plan-compat-call.ts";
import type { Controls } from "./read-controls.ts";
import { requestTimeoutMs, retryPolicy } from "./read-try-controls.ts";
import { readWholeBody } from "./read-whole-body.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

const JSON_TYPE = "application/json";

/**
 * Plans the one step of a request to the compat address. Its body is read whole: the model's name has to be rewritten.
 * @throws GatewayError as `planCompatCall` does, bodyTooLarge (3006).
 */
export async function planCompatStep(
  exchange: Exchange,
  resolved: Resolved,
  controls: Controls,
): Promise<readonly Step[]> {
  const { head } = exchange.request;
  const headers = fieldsToForward(exchange);
  const contentType = headerValue(headers, "content-type") ?? null;
  if (contentType === null) headers.push("content-type", JSON_TYPE);
  const plan = planCompatCall(resolved, {
    rest: resolved.rest,
    query: queryToForward(resolved.query, ownTokens(exchange.gateway)),
    method: head.method,
    headers,
    body: await readWholeBody(exchange),
  });
  const step: Step = {
    ...plan,
    index: 0,
    method: "POST",
    path: resolved.rest,
    contentType: contentType ?? JSON_TYPE,
    retry: retryPolicy([controls.tries], resolved.settings),
    log: controls.log,
    credential: controls.credential,
    cache: controls.cache,
    requestKeeper: null,
    requestTimeoutMs: requestTimeoutMs([controls.tries]),
  };
  return [step];
}
