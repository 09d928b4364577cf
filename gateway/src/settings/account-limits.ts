import type { GatewaySettings } from "../core/gateway-settings.ts";
import { type BudgetSettings, budgetRule } from "../limits/budget-settings.ts";
import { gatewayRules } from "../limits/gateway-rules.ts";
import { gatewayLimits, type GatewayLimits, type LimitRule } from "../limits/limit-rule.ts";
import { type LimitSettings, limitRule } from "../limits/limit-settings.ts";
import type { SettingsModel } from "./settings-model.ts";

/** Every rule that holds for a gateway: its own fields', and the limits and budgets of its account. */
export function rulesOfGateway(
  model: Pick<SettingsModel, "list">,
  place: { readonly accountId: string; readonly gatewayId: string },
  settings: GatewaySettings,
): readonly LimitRule[] {
  const { accountId, gatewayId } = place;
  const holding = <Value extends { readonly enabled: boolean; readonly gateways: readonly string[] | null }>(
    kind: "limit" | "budget",
  ): readonly { readonly id: string; readonly value: Value }[] =>
    model
      .list(accountId, kind)
      .map(({ id, value }) => ({ id, value: value as unknown as Value }))
      .filter(({ value }) => value.enabled && (value.gateways === null || value.gateways.includes(gatewayId)));
  return [
    ...gatewayRules(place, settings),
    ...holding<LimitSettings>("limit").map(({ id, value }) => limitRule({ accountId, id }, value)),
    ...holding<BudgetSettings>("budget").map(({ id, value }) => budgetRule({ accountId, id }, value)),
  ];
}

/** The limits of an account's gateways, made ready once. */
export function limitsOfAccount(
  model: Pick<SettingsModel, "list">,
  accountId: string,
  gateways: readonly (readonly [string, GatewaySettings])[],
): (gatewayId: string) => GatewayLimits | null {
  const limits = new Map(
    gateways.map(([gatewayId, settings]) => [
      gatewayId,
      gatewayLimits(rulesOfGateway(model, { accountId, gatewayId }, settings)),
    ]),
  );
  return (gatewayId) => limits.get(gatewayId) ?? null;
}
