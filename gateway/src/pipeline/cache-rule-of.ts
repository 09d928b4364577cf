import type { CacheRule } from "../cache/cache-rule.ts";
import type { CacheFacts } from "../cache/rule-condition.ts";
import type { Admitted } from "./authenticate.ts";
import type { CachedStep } from "./cache-keys.ts";
import type { Exchange } from "./exchange.ts";
import { userKey } from "./user-key.ts";

/** The rule of the gateway's that holds for a step, the first in order; null for none. */
export function cacheRuleOf(exchange: Exchange, admitted: Admitted, step: CachedStep): CacheRule | null {
  const find = admitted.account.cacheRulesOf(admitted.gatewayId);
  return find === null ? null : find(() => cacheFacts(exchange, admitted, step));
}

/** What conditions of cache rules may ask about a step. */
export function cacheFacts(
  { gateway, request }: Exchange,
  { gatewayId, token }: Admitted,
  step: CachedStep,
): CacheFacts {
  const credentials = new Set([...step.provider.provider.credentialHeaders, "authorization", "cf-aig-authorization"]);
  const given = request.head.headers;
  const headers: Record<string, string> = {};
  for (let index = 0; index < given.length; index += 2) {
    const name = given[index] as string;
    if (!credentials.has(name)) headers[name] = given[index + 1] as string;
  }
  return {
    gateway: gatewayId,
    provider: step.provider.slug,
    model: step.model ?? "",
    path: step.path,
    user: userKey(gateway, step, token) ?? "",
    metadata: step.log.metadata ?? {},
    headers,
    body: jsonOf(step.body),
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return {};
  }
}
