import type { GatewayConfig, GatewaySettings } from "../core/gateway-settings.ts";
import type { GatewayRetention } from "../ledger/retention.ts";
import { noRetention } from "../ledger/retention.ts";
import type { LogpushAccount, LogpushGateway } from "../logpush/create-logpush.ts";
import type { OtlpGateway } from "../telemetry/otlp/otlp-consumer.ts";

const DAY_MS = 86_400_000;

/** The settings of a gateway; undefined when nothing of that name is configured (any more). */
export function settingsOf(config: GatewayConfig, accountId: string, gatewayId: string): GatewaySettings | undefined {
  const { accounts } = config;
  const gateways = Object.hasOwn(accounts, accountId) ? accounts[accountId]?.gateways : undefined;
  return gateways !== undefined && Object.hasOwn(gateways, gatewayId) ? gateways[gatewayId] : undefined;
}

/** How much is kept of a gateway's logs. Those of a gateway that is not configured any more are kept. */
export function retentionOf(config: GatewayConfig, accountId: string, gatewayId: string): GatewayRetention {
  const settings = settingsOf(config, accountId, gatewayId);
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

/** Gateways that send spans somewhere. */
export function otlpGateways(config: GatewayConfig): OtlpGateway[] {
  return allGateways(config).flatMap(({ accountId, gatewayId, settings }) =>
    settings.otel === null ? [] : [{ accountId, gatewayId, otel: settings.otel }],
  );
}

/** Gateways whose logs are pushed. */
export function logpushGateways(config: GatewayConfig): LogpushGateway[] {
  return allGateways(config).flatMap(({ accountId, gatewayId, settings }) =>
    settings.logpush && settings.logpush_public_key !== null
      ? [{ accountId, gatewayId, publicKey: settings.logpush_public_key }]
      : [],
  );
}

/** Accounts with somewhere to push logs to. */
export function logpushAccounts(config: GatewayConfig): LogpushAccount[] {
  return Object.entries(config.accounts).flatMap(([accountId, { logpush }]) =>
    logpush.length === 0 ? [] : [{ accountId, targets: logpush }],
  );
}

function allGateways(config: GatewayConfig): { accountId: string; gatewayId: string; settings: GatewaySettings }[] {
  return Object.entries(config.accounts).flatMap(([accountId, { gateways }]) =>
    Object.entries(gateways).map(([gatewayId, settings]) => ({ accountId, gatewayId, settings })),
  );
}
