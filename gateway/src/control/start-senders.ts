import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { createGuardedFetch } from "../http1/guarded-fetch.ts";
import { createLogpush, type Logpush } from "../logpush/create-logpush.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import { createOtlpConsumer, type OtlpConsumer } from "../telemetry/otlp/otlp-consumer.ts";
import { logpushAccounts, logpushGateways, otlpGateways } from "./gateway-scopes.ts";
import type { RecordsOptions } from "./start-records.ts";

/** What brings records to other places. */
export interface Senders {
  readonly otlp: OtlpConsumer;
  readonly logpush: Logpush;
  /** Ends both, which have up to `graceMs` to send what waits. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts span exporters and Logpush; what changes in the settings counts at once.
 * @throws Error for a Logpush key that cannot be used.
 */
export function startSenders({ config, settings, log }: Pick<RecordsOptions, "config" | "settings" | "log">): Senders {
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
  const stopFollowing = settings.onChange((model) => {
    otlp.configure(otlpGateways(model));
    logpush.configure(logpushGateways(model));
  });
  return {
    otlp,
    logpush,
    async stop(graceMs) {
      stopFollowing();
      await Promise.all([otlp.stop(graceMs), logpush.stop(graceMs)]);
      guarded.close();
    },
  };
}
