import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { readDropBoards } from "../journal/published-drops.ts";
import { listSegments } from "../journal/segment-names.ts";
import { startLedger } from "../ledger/start-ledger.ts";
import { createLogpush } from "../logpush/create-logpush.ts";
import { analyticsRoutes } from "../analytics/rest/analytics-routes.ts";
import { createLogFeed } from "../management/logs/log-feed.ts";
import { logRoutes } from "../management/logs/log-routes.ts";
import type { Route } from "../management/route.ts";
import { openBundledPriceBook } from "../prices/open-bundled-price-book.ts";
import { openRecount } from "../prices/open-recount.ts";
import { readPriceOverrides } from "../prices/price-override.ts";
import { withOverrides } from "../prices/with-overrides.ts";
import { compileProviders } from "../providers/registry.ts";
import { resolveSecret } from "../secrets/resolve-secret.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { applyRollUps } from "../stores/sqlite/roll-ups.ts";
import { openSqliteAnalyticsStore } from "../stores/sqlite/sqlite-analytics-store.ts";
import { openSqliteLogStore } from "../stores/sqlite/sqlite-log-store.ts";
import { dropBoardDirectory, journalDirectory } from "../supervisor/journal-directory.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import { createOtlpConsumer } from "../telemetry/otlp/otlp-consumer.ts";
import { createMetrics } from "../telemetry/prometheus/create-metrics.ts";
import { metricsRoutes } from "../telemetry/prometheus/metrics-routes.ts";
import type { SystemState } from "../telemetry/prometheus/system-state.ts";
import { logpushAccounts, logpushGateways, otlpGateways, retentionOf, settingsOf } from "./gateway-scopes.ts";
import { systemRoute } from "./system-route.ts";

/** Everything that happens to a record after a worker wrote it down. */
export interface Records {
  /** Logs, analytics, metrics and the state of it all. */
  readonly routes: readonly Route[];
  /** Stores what is in the journal by now and sends what waits, within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Longest text of prompt and answer that can be searched. */
const MAX_SEARCH_CHARACTERS = 16_384;

/**
 * Starts the ledger with its store and everybody it tells: live tail, metrics, span exporters, Logpush.
 * @throws what the database tells when it cannot be opened, Error for a Logpush key that cannot be used.
 */
export function startRecords(config: GatewayConfig, log: ProcessLog): Records {
  const database = openDatabase(join(config.dataDirectory, "headgate.db"));
  const store = openSqliteLogStore(database, applyRollUps);
  const onFailure = (event: string) => (name: string, cause: string) => log("warn", event, { name, cause });
  const otlp = createOtlpConsumer({
    gateways: otlpGateways(config),
    resolveSecret,
    onFailure: onFailure("span_export_failed"),
  });
  const logpush = createLogpush({
    gateways: logpushGateways(config),
    accounts: logpushAccounts(config),
    directory: join(config.dataDirectory, "logpush"),
    resolveSecret,
    onFailure: onFailure("logpush_failed"),
  });
  const feed = createLogFeed();
  const prices = withOverrides(openBundledPriceBook(), readPriceOverrides(config.prices));
  const providers = compileProviders(config.providers);
  const stateOf = (): SystemState => ({
    journal: journalState(config),
    ledger: ledger.state(),
    exporters: otlp.states(),
    logpush: logpush.states(),
  });
  const metrics = createMetrics({ stateOf });
  const ledger = startLedger({
    directory: journalDirectory(config),
    store,
    consumers: [logpush, metrics, otlp, feed],
    rules: {
      maxBodyBytes: config.logs.max_body_bytes,
      maxSearchCharacters: MAX_SEARCH_CHARACTERS,
      revise: openRecount({ book: () => prices, priceKeyOf: (slug) => providers.get(slug)?.provider.priceKey ?? null }),
      retentionOf: ({ accountId, gatewayId }) => retentionOf(config, accountId, gatewayId),
    },
    clock: systemClock,
    log,
  });
  const onFault = (error: unknown): void => log("error", "management_fault", { error: String(error) });
  return {
    routes: [
      ...logRoutes({ store, feed, onFault }),
      ...analyticsRoutes({
        analytics: openSqliteAnalyticsStore(database),
        logs: store,
        clock: systemClock,
        rowLimitOf: (accountId, gatewayId) => settingsOf(config, accountId, gatewayId)?.log_management ?? null,
      }),
      ...metricsRoutes(metrics),
      systemRoute(stateOf),
    ],
    async stop(graceMs) {
      await ledger.stop(graceMs);
      await Promise.all([otlp.stop(graceMs), logpush.stop(graceMs)]);
      database.close();
    },
  };
}

function journalState(config: GatewayConfig): SystemState["journal"] {
  const { records, bodies } = readDropBoards(dropBoardDirectory(config));
  const sizeBytes = listSegments(journalDirectory(config)).reduce((sum, segment) => sum + segment.sizeBytes, 0);
  return { sizeBytes, droppedRecords: records, droppedBodies: bodies };
}
