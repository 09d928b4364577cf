import { headerValue } from "../core/header-list.ts";
import { jsonText } from "../core/json-span.ts";
import { collectBody } from "../http1/collect-body.ts";
import type { RequestBody } from "../http1/request-body.ts";
import { routeUpstream } from "../providers/route-upstream.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import type { Exchange } from "./exchange.ts";
import { requestFieldsToForward } from "./forward-headers.ts";
import { type Controls, requestTimeoutMs, retryPolicy } from "./read-controls.ts";
import { planUniversalSteps } from "./plan-universal-steps.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

/** Bodies up to this size are read before they are sent, so that they leave in one piece and their model can be read. */
const COLLECT_BYTES = 256 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * Stage 3: turns the request into the targets to try, in order: one for a provider's endpoint, the array's for the
 * universal endpoint.
 * @throws GatewayError invalidRequest (7001) with the path of the fault, invalidProvider (2008), bodyTooLarge (3006).
 */
export async function planSteps(exchange: Exchange, resolved: Resolved, controls: Controls): Promise<readonly Step[]> {
  return resolved.providerSlug === null
    ? planUniversalSteps(exchange, resolved, controls)
    : [await planProviderStep(exchange, resolved, controls)];
}

async function planProviderStep(exchange: Exchange, resolved: Resolved, controls: Controls): Promise<Step> {
  const { head } = exchange.request;
  const provider = exchange.gateway.providers.get(resolved.providerSlug as string) as CompiledProvider;
  const upstream = routeUpstream(provider, {
    rest: resolved.rest,
    query: resolved.query,
    headers: requestFieldsToForward(head.headers),
    accountId: resolved.accountId,
  });
  const retry = retryPolicy([controls], resolved.settings);
  const body = await takeBody(exchange, retry.maxAttempts > 1);
  const contentType = headerValue(head.headers, "content-type") ?? null;
  return {
    index: 0,
    provider,
    upstream,
    method: head.method,
    path: resolved.rest,
    body,
    contentType,
    model: upstream.model ?? modelInBody(body, contentType),
    retry,
    requestTimeoutMs: requestTimeoutMs([controls]),
  };
}

/** The body in memory where that is worth it, else the body itself, to be streamed. */
async function takeBody(exchange: Exchange, mayRepeat: boolean): Promise<Buffer | RequestBody | null> {
  const { head, body } = exchange.request;
  const { framing } = body;
  if (framing.kind === "none") return headerValue(head.headers, "content-length") === undefined ? null : EMPTY;
  const limitBytes = mayRepeat ? exchange.gateway.config.limits.max_replay_bytes : COLLECT_BYTES;
  if (framing.kind === "length" ? framing.sizeBytes > limitBytes : !mayRepeat) return body;
  return body.takeWhole() ?? (await collectBody(body, limitBytes)) ?? body;
}

function modelInBody(body: Buffer | RequestBody | null, contentType: string | null): string | null {
  if (body === null || contentType === null || !contentType.includes("json")) return null;
  return jsonText(Buffer.isBuffer(body) ? body : body.peek(), ["model"]);
}
