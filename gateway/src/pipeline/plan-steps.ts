import { headerValue } from "../core/header-list.ts";
import { jsonText } from "../core/json-span.ts";
import { collectBody } from "../http1/collect-body.ts";
import type { RequestBody } from "../http1/request-body.ts";
import { routeUpstream } from "../providers/route-upstream.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import type { Admitted } from "./authenticate.ts";
import { isBoundToModels } from "./check-models.ts";
import type { Exchange } from "./exchange.ts";
import { fieldsToForward } from "./fields-to-forward.ts";
import { queryToForward } from "./forward-headers.ts";
import { BodyKeeper } from "./keep-body.ts";
import { wantsCache } from "./look-up-cache.ts";
import { ownTokens } from "./own-tokens.ts";
import type { Controls } from "./read-controls.ts";
import { requestTimeoutMs, retryPolicy } from "./read-try-controls.ts";
import { planCompatStep } from "./plan-compat-step.ts";
import { planRunStep } from "./plan-run-step.ts";
import { planUniversalSteps } from "./plan-universal-steps.ts";
import { COMPAT } from "./resolve.ts";
import { planSocketStep } from "./socket/plan-socket-step.ts";
import type { Step } from "./step.ts";

/** Bodies up to this size are read before they are sent, so that they leave in one piece and their model can be read. */
const COLLECT_BYTES = 256 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * Turns the request into the targets to try, in order: one for a provider's endpoint, the array's for the
 * universal endpoint.
 * @throws GatewayError invalidRequest (7001) with the path of the fault, invalidProvider (2008), compatRefused (2019),
 *   bodyTooLarge (3006).
 */
export function planSteps(
  exchange: Exchange,
  resolved: Admitted,
  controls: Controls,
): readonly Step[] | Promise<readonly Step[]> {
  if (resolved.providerSlug === null) return planUniversalSteps(exchange, resolved, controls);
  if (exchange.isSocket) return [planSocketStep(exchange, resolved, controls)];
  if (resolved.providerSlug === COMPAT) {
    return resolved.run === null
      ? planCompatStep(exchange, resolved, controls)
      : planRunStep(exchange, { ...resolved, run: resolved.run }, controls);
  }
  return planProviderStep(exchange, resolved, controls);
}

function planProviderStep(
  exchange: Exchange,
  resolved: Admitted,
  controls: Controls,
): readonly Step[] | Promise<readonly Step[]> {
  const { head } = exchange.request;
  const provider = resolved.account.providers.get(resolved.providerSlug as string) as CompiledProvider;
  const upstream = routeUpstream(provider, {
    rest: resolved.rest,
    query: queryToForward(resolved.query, ownTokens(exchange.gateway)),
    headers: fieldsToForward(exchange),
    accountId: resolved.accountId,
  });
  const retry = retryPolicy([controls.tries], resolved.settings);
  const isCached = wantsCache(resolved, { cache: controls.cache, method: head.method });
  const contentType = headerValue(head.headers, "content-type") ?? null;
  const stepWith = (body: Step["body"]): readonly Step[] => [
    {
      index: 0,
      provider,
      upstream,
      method: head.method,
      path: resolved.rest,
      body,
      contentType,
      model: upstream.model ?? modelInBody(body, contentType),
      retry,
      log: controls.log,
      credential: controls.credential,
      cache: controls.cache,
      requestKeeper: keepWhileStreaming(exchange, body, controls),
      requestTimeoutMs: requestTimeoutMs([controls.tries]),
    },
  ];
  const body = takeBody(exchange, retry.maxAttempts > 1 || isBoundToModels(resolved) || isCached);
  return body instanceof Promise ? body.then(stepWith) : stepWith(body);
}

/** Waits for the client to send a body of up to `limitBytes`, keeping account of the time it takes. */
async function waitForBody(exchange: Exchange, limitBytes: number): Promise<Buffer | RequestBody> {
  const { clock } = exchange.gateway;
  const { body } = exchange.request;
  const startedAtMs = clock.monotonicMs();
  const collected = await collectBody(body, limitBytes);
  exchange.clientWaitMs += clock.monotonicMs() - startedAtMs;
  return collected ?? body;
}

function keepWhileStreaming(
  exchange: Exchange,
  body: Buffer | RequestBody | null,
  controls: Controls,
): BodyKeeper | null {
  if (body === null || Buffer.isBuffer(body) || !controls.log.keepsBodies) return null;
  const keeper = new BodyKeeper(exchange.gateway.config.logs.max_body_bytes);
  body.observe((chunk) => keeper.add(chunk));
  return keeper;
}

/** The body in memory where that is worth it or needed, for another try or to be read, else the body itself, to be streamed. */
function takeBody(exchange: Exchange, isNeeded: boolean): Buffer | RequestBody | null | Promise<Buffer | RequestBody> {
  const { head, body } = exchange.request;
  const { framing } = body;
  if (framing.kind === "none") return headerValue(head.headers, "content-length") === undefined ? null : EMPTY;
  const limitBytes = isNeeded ? exchange.gateway.config.limits.max_replay_bytes : COLLECT_BYTES;
  if (framing.kind === "length" ? framing.sizeBytes > limitBytes : !isNeeded) return body;
  return body.takeWhole() ?? waitForBody(exchange, limitBytes);
}

function modelInBody(body: Buffer | RequestBody | null, contentType: string | null): string | null {
  if (body === null || contentType === null || !contentType.includes("json")) return null;
  return jsonText(Buffer.isBuffer(body) ? body : body.peek(), ["model"]);
}
