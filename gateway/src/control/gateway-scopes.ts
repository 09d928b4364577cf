import type { UsageBillingGateway } from "../billing/create-usage-billing.ts";
import { defaultGatewaySettings, type GatewaySettings } from "../core/gateway-settings.ts";
import type { SettingsObject } from "../core/settings-object.ts";
import type { GatewayRetention } from "../ledger/retention.ts";
import { noRetention } from "../ledger/retention.ts";
import type { LogpushAccount, LogpushGateway } from "../logpush/create-logpush.ts";
import type { SettingsModel } from "../settings/settings-model.ts";
import type { OtlpGateway } from "../telemetry/otlp/otlp-consumer.ts";

const DAY_MS = 86_400_000;

/** The settings of a gateway; undefined when nothing of that name is set (any more). */
export function settingsOf(model: SettingsModel, accountId: string, gatewayId: string): GatewaySettings | undefined {
  const object = model.get(accountId, "gateway", gatewayId);
  return object === undefined ? undefined : { ...defaultGatewaySettings, ...object.value };
}

/** How much is kept of a gateway's logs. Those of a gateway that is not set any more are kept. */
export function retentionOf(model: SettingsModel, accountId: string, gatewayId: string): GatewayRetention {
  const settings = settingsOf(model, accountId, gatewayId);
  if (settings === undefined) return noRetention;
  const { log_max_age_days: rowDays, log_body_max_age_days: bodyDays } = settings;
  return {
    maxRows: settings.log_management,
    whenFull: settings.log_management_strategy === "STOP_INSERTING" ? "stop" : "delete",
    rowMaxAgeMs: rowDays === null ? null : rowDays * DAY_MS,
    rowMaxBytes: settings.log_max_bytes,
    bodyMaxAgeMs: bodyDays === null ? null : bodyDays * DAY_MS,
    bodyMaxBytes: settings.log_body_max_bytes,
  };
}

/** Gateways that send spans somewhere; what the API set of them is held to the address policy. */
export function otlpGateways(model: SettingsModel): OtlpGateway[] {
  return allGateways(model).flatMap(({ accountId, gatewayId, settings, source }) =>
    settings.otel === null ? [] : [{ accountId, gatewayId, otel: settings.otel, isGuarded: source === "store" }],
  );
}

/** Gateways whose logs are pushed. */
export function logpushGateways(model: SettingsModel): LogpushGateway[] {
  return allGateways(model).flatMap(({ accountId, gatewayId, settings }) =>
    settings.logpush && settings.logpush_public_key !== null
      ? [{ accountId, gatewayId, publicKey: settings.logpush_public_key }]
      : [],
  );
}

/** Gateways whose use is told to a billing service. */
export function billingGateways(model: SettingsModel): UsageBillingGateway[] {
  return allGateways(model).flatMap(({ accountId, gatewayId, settings: { stripe } }) =>
    stripe === null ? [] : [{ accountId, gatewayId, settings: stripe }],
  );
}

/** Accounts with somewhere to push logs to. */
export function logpushAccounts(model: SettingsModel): LogpushAccount[] {
  return model.accountIds.flatMap((accountId) => {
    const targets = (model.get(accountId, "account", accountId)?.value["logpush"] ?? []) as LogpushAccount["targets"];
    return targets.length === 0 ? [] : [{ accountId, targets }];
  });
}

function allGateways(
  model: SettingsModel,
): (Pick<SettingsObject, "accountId" | "source"> & { gatewayId: string; settings: GatewaySettings })[] {
  return model.accountIds.flatMap((accountId) =>
    model.list(accountId, "gateway").map(({ id: gatewayId, value, source }) => ({
      accountId,
      gatewayId,
      source,
      settings: { ...defaultGatewaySettings, ...value },
    })),
  );
}
