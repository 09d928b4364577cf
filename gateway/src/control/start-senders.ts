import { join } from "node:path";
import { createUsageBilling, type UsageBilling } from "../billing/create-usage-billing.ts";
import { systemClock } from "../core/clock.ts";
import { createGuardedFetch } from "../http1/guarded-fetch.ts";
import { createLogpush, type Logpush } from "../logpush/create-logpush.ts";
import { stripeMetering } from "../providers/metering/stripe.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import { createOtlpConsumer, type OtlpConsumer } from "../telemetry/otlp/otlp-consumer.ts";
import { createAccountSecretResolver } from "./account-secret-resolver.ts";
import { billingGateways, logpushAccounts, logpushGateways, otlpGateways } from "./gateway-scopes.ts";
import type { RecordsOptions } from "./start-records.ts";

/** What brings records to other places. */
export interface Senders {
  readonly otlp: OtlpConsumer;
  readonly logpush: Logpush;
  readonly billing: UsageBilling;
  /** Ends them, which have up to `graceMs` to send what waits. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts span exporters, Logpush and usage events for billing; what changes in the settings counts at once.
 * @throws Error for a Logpush key that cannot be used.
 */
export function startSenders({
  config,
  settings,
  keys,
  log,
}: Pick<RecordsOptions, "config" | "settings" | "keys" | "log">): Senders {
  const onFailure = (event: string) => (name: string, cause: string) => log("warn", event, { name, cause });
  const guarded = createGuardedFetch({ network: config.network, clock: systemClock });
  const resolveSecret = createSecretResolver(config.dataDirectory);
  const otlp = createOtlpConsumer({
    gateways: otlpGateways(settings.current),
    guardedFetch: guarded.fetch,
    resolveSecret,
    onFailure: onFailure("span_export_failed"),
  });
  const logpush = createLogpush({
    gateways: logpushGateways(settings.current),
    accounts: logpushAccounts(settings.current),
    directory: join(config.dataDirectory, "logpush"),
    resolveSecret,
    onFailure: onFailure("logpush_failed"),
  });
  const { meter_events_url: url } = config.billing;
  const billing = createUsageBilling({
    gateways: billingGateways(settings.current),
    directory: join(config.dataDirectory, "billing"),
    service: url === null ? stripeMetering : { ...stripeMetering, url },
    resolveKey: createAccountSecretResolver(settings, { resolveSecret, openSecret: keys.open }),
    onFailure: onFailure("usage_events_failed"),
    onRefused: (name, first) => log("error", "usage_events_refused", { name, ...first }),
  });
  const stopFollowing = settings.onChange((model) => {
    otlp.configure(otlpGateways(model));
    logpush.configure(logpushGateways(model));
    billing.configure(billingGateways(model));
  });
  return {
    otlp,
    logpush,
    billing,
    async stop(graceMs) {
      stopFollowing();
      await Promise.all([otlp.stop(graceMs), logpush.stop(graceMs), billing.stop(graceMs)]);
      guarded.close();
    },
  };
}
