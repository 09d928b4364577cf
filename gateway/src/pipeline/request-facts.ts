import { clientAddress } from "../core/client-address.ts";
import type { RequestFacts } from "../limits/limit-rule.ts";
import type { Admitted } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import type { Step } from "./step.ts";
import { userKey } from "./user-key.ts";

/** What rules may ask about a step of a request. */
export function requestFacts(exchange: Exchange, admitted: Admitted, step: Step): RequestFacts {
  const { remoteAddress, head } = exchange.request;
  return {
    accountId: admitted.accountId,
    gatewayId: admitted.gatewayId,
    tokenId: admitted.token?.id ?? null,
    budgetId: admitted.token?.budgetId ?? null,
    user: userKey(exchange.gateway, step, admitted.token),
    metadata: step.log.metadata ?? {},
    ip: clientAddress({ remoteAddress, headers: head.headers }, exchange.gateway.trustedProxies),
    provider: step.provider.slug,
    model: step.model ?? "",
    method: step.method,
    path: step.path,
  };
}
