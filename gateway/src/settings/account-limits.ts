import type { GatewaySettings } from "../core/gateway-settings.ts";
import { gatewayRules } from "../limits/gateway-rules.ts";
import { gatewayLimits, type GatewayLimits } from "../limits/limit-rule.ts";

/** The limits of an account's gateways, made ready once: what each of its gateways' fields set. */
export function limitsOfAccount(
  accountId: string,
  gateways: readonly (readonly [string, GatewaySettings])[],
): (gatewayId: string) => GatewayLimits | null {
  const limits = new Map(
    gateways.map(([gatewayId, settings]) => [
      gatewayId,
      gatewayLimits(gatewayRules({ accountId, gatewayId }, settings)),
    ]),
  );
  return (gatewayId) => limits.get(gatewayId) ?? null;
}
