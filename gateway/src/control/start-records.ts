import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { readDropBoards } from "../journal/published-drops.ts";
import { listSegments } from "../journal/segment-names.ts";
import { startLedger } from "../ledger/start-ledger.ts";
import { analyticsRoutes } from "../analytics/rest/analytics-routes.ts";
import { eventRoutes } from "../management/events/event-routes.ts";
import { createLogFeed } from "../management/logs/log-feed.ts";
import { logRoutes } from "../management/logs/log-routes.ts";
import { modelRoutes } from "../management/models/model-routes.ts";
import type { Route } from "../management/route.ts";
import { openRecount } from "../prices/open-recount.ts";
import { compileProviders } from "../providers/registry.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { pruneRollUps } from "../stores/sqlite/prune-roll-ups.ts";
import { applyRollUps } from "../stores/sqlite/roll-ups.ts";
import { openSqliteAnalyticsStore } from "../stores/sqlite/sqlite-analytics-store.ts";
import { openSqliteEventStore } from "../stores/sqlite/sqlite-event-store.ts";
import { openSqliteLogStore } from "../stores/sqlite/sqlite-log-store.ts";
import { openSqlitePriceStore } from "../stores/sqlite/sqlite-price-store.ts";
import { dropBoardDirectory, journalDirectory } from "../supervisor/journal-directory.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import type { EventStore } from "../stores/ports/event-store.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { WorkerState } from "../supervisor/worker-board.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import { type Alerts, startAlerts } from "../telemetry/alerts/deliver-alerts.ts";
import { ownFetch } from "../telemetry/otlp/send-spans.ts";
import { createMetrics } from "../telemetry/prometheus/create-metrics.ts";
import { metricsRoutes } from "../telemetry/prometheus/metrics-routes.ts";
import type { CacheState, SystemState } from "../telemetry/prometheus/system-state.ts";
import { retentionOf, settingsOf } from "./gateway-scopes.ts";
import { modelCatalogue } from "./model-catalogue.ts";
import { pruneInSteps } from "./prune-in-steps.ts";
import { startPrices } from "./start-prices.ts";
import { startSenders } from "./start-senders.ts";
import { systemRoute } from "./system-route.ts";

/** Everything that happens to a record after a worker wrote it down. */
export interface Records {
  /** Logs, analytics, prices, metrics and the state of it all. */
  readonly routes: readonly Route[];
  /** How records are doing, in short, for `/readyz`. */
  readiness(): RecordsReadiness;
  /** Stores what is in the journal by now and sends what waits, within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Part of `/readyz`. Traffic goes on whatever it says; records wait in the journal meanwhile. */
export interface RecordsReadiness {
  readonly store: "ok" | "away";
  readonly last_error: string | null;
  readonly lag_ms: number;
  readonly queued_bytes: number;
  readonly dropped_records: number;
  readonly dropped_bodies: number;
  readonly lost_segments: number;
  readonly quarantined: number;
}

/** What records are handled with. */
export interface RecordsOptions {
  readonly config: GatewayConfig;
  /** Where retention, exporters and Logpush are set; what changes counts at once. */
  readonly settings: SettingsDesk;
  readonly log: ProcessLog;
  /** Opens secrets of the Secrets Store. */
  readonly keys: Pick<InstallationKeys, "open">;
  /** What the cache tells of itself. */
  readonly cacheState: () => CacheState;
  /** What the workers that serve tell of themselves. */
  readonly workers: () => readonly WorkerState[];
}

/** Longest text of prompt and answer that can be searched. */
const MAX_SEARCH_CHARACTERS = 16_384;

/**
 * Starts the ledger with its store and everybody it tells: live tail, metrics, span exporters, Logpush, billing.
 * @throws what the database tells when it cannot be opened, Error for a Logpush key that cannot be used.
 */
export function startRecords({ config, settings, keys, cacheState, workers, log }: RecordsOptions): Records {
  const database = openDatabase(join(config.dataDirectory, "headgate.db"));
  const store = openSqliteLogStore(database, applyRollUps);
  const senders = startSenders({ config, settings, keys, log });
  const events = openSqliteEventStore(database);
  const alerts = alertsOf({ config, log }, events);
  const feed = createLogFeed();
  const providers = compileProviders(config.providers);
  const analytics = openSqliteAnalyticsStore(database);
  const prices = startPrices({ config, store: openSqlitePriceStore(database), analytics, providers, settings, log });
  const stateOf = (): SystemState => ({
    workers: workers(),
    journal: journalState(config),
    ledger: ledger.state(),
    exporters: senders.otlp.states(),
    logpush: senders.logpush.states(),
    billing: senders.billing.states(),
    alerts: alerts?.state ?? { delivered: 0, failedDeliveries: 0, givenUp: 0 },
    cache: cacheState(),
  });
  const metrics = createMetrics({ stateOf });
  const ledger = startLedger({
    directory: journalDirectory(config),
    store,
    consumers: [senders.logpush, senders.billing, metrics, senders.otlp, feed],
    rules: {
      maxBodyBytes: config.logs.max_body_bytes,
      maxSearchCharacters: MAX_SEARCH_CHARACTERS,
      revise: openRecount({ book: prices.book, priceKeyOf: (slug) => providers.get(slug)?.provider.priceKey ?? null }),
      retentionOf: ({ accountId, gatewayId }) => retentionOf(settings.current, accountId, gatewayId),
    },
    clock: systemClock,
    log,
  });
  const kept = {
    minuteDays: config.analytics.keep_minutes_days,
    hourDays: config.analytics.keep_hours_days,
    dayDays: config.analytics.keep_days_days,
  };
  const stopPruning = pruneInSteps({
    step: () => pruneRollUps(database.writer, kept, systemClock.nowMs()),
    onFailure: (cause) => log("warn", "analytics_prune_failed", { cause }),
  });
  const onFault = (error: unknown): void => log("error", "management_fault", { error: String(error) });
  return {
    routes: [
      ...logRoutes({ store, feed, onFault }),
      ...analyticsRoutes({
        analytics,
        logs: store,
        clock: systemClock,
        rowLimitOf: (accountId, gatewayId) =>
          settingsOf(settings.current, accountId, gatewayId)?.log_management ?? null,
      }),
      ...eventRoutes({ events, settings }),
      ...prices.routes,
      ...modelRoutes({
        models: modelCatalogue({ providers, book: prices.book, clock: systemClock }),
        settings: () => settings.current,
      }),
      ...metricsRoutes(metrics),
      systemRoute({ stateOf, workers, workersWanted: Math.max(1, config.workers) }),
    ],
    readiness: () => readinessOf(stateOf(), ledger.state().lastError),
    async stop(graceMs) {
      stopPruning();
      await ledger.stop(graceMs);
      await Promise.all([senders.stop(graceMs), alerts?.stop(graceMs), prices.stop()]);
      database.close();
    },
  };
}

/** Tells the configured webhook of events; null where there is none. */
function alertsOf({ config, log }: Pick<RecordsOptions, "config" | "log">, events: EventStore): Alerts | null {
  const { webhook } = config.alerts;
  if (webhook === null) return null;
  const resolveSecret = createSecretResolver(config.dataDirectory);
  const onFailure = (cause: string): void => log("warn", "alert_failed", { url: webhook.url, cause });
  return startAlerts({ webhook, events, resolveSecret, fetch: ownFetch, clock: systemClock, onFailure });
}

function readinessOf({ journal, ledger }: SystemState, lastError: string | null): RecordsReadiness {
  return {
    store: ledger.isStoreAvailable ? "ok" : "away",
    last_error: lastError,
    lag_ms: ledger.lagMs,
    queued_bytes: ledger.queuedBytes,
    dropped_records: journal.droppedRecords,
    dropped_bodies: journal.droppedBodies,
    lost_segments: ledger.lostSegments,
    quarantined: ledger.quarantined,
  };
}

function journalState(config: GatewayConfig): SystemState["journal"] {
  const { records, bodies } = readDropBoards(dropBoardDirectory(config));
  const sizeBytes = listSegments(journalDirectory(config)).reduce((sum, segment) => sum + segment.sizeBytes, 0);
  return { sizeBytes, droppedRecords: records, droppedBodies: bodies };
}
