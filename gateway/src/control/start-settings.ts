import { basename, join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { followFile } from "../core/follow-file.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { readPublicKey } from "../logpush/public-key.ts";
import { compileProviders } from "../providers/registry.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { activateSettings } from "../settings/active-settings.ts";
import { combineSettings } from "../settings/combine-settings.ts";
import { fileChanges } from "../settings/file-changes.ts";
import { refuseLostBudgets } from "../settings/bound-budgets.ts";
import { refuseOpenGateways } from "../settings/open-gateways.ts";
import { openSettingsDesk, type SettingsDesk } from "../settings/settings-desk.ts";
import { settingsFilePath, settingsFileText } from "../settings/settings-file.ts";
import type { SettingsModel } from "../settings/settings-model.ts";
import type { SessionStore } from "../stores/ports/session-store.ts";
import type { SettingsStore, StoredSettings } from "../stores/ports/settings-store.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSessionStore } from "../stores/sqlite/sqlite-session-store.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import { pruneAuditLog } from "../stores/sqlite/prune-audit-log.ts";
import { keepTold } from "./keep-told.ts";
import { logpushGateways } from "./gateway-scopes.ts";
import { pruneInSteps } from "./prune-in-steps.ts";
import { readConfigAgain } from "./read-config-again.ts";

/** Settings as the control process has them. */
export interface Settings {
  readonly desk: SettingsDesk;
  readonly store: SettingsStore;
  /** Upstreams of the configuration file as it is now. */
  readonly providers: () => GatewayConfig["providers"];
  /** Kept in the same database. */
  readonly sessionStore: SessionStore;
  stop(): void;
}

/** What settings are kept and checked with. */
export interface SettingsOptions {
  readonly config: GatewayConfig;
  readonly startId: string;
  /** Null when the configuration file is not followed. */
  readonly configFile: string | null;
  readonly keys: InstallationKeys;
  readonly log: ProcessLog;
}

/**
 * Opens what is set, and follows the configuration file: what it says otherwise than last time is noted in the history, and told to the
 * workers with what the API set. A file with a fault is told of and changes nothing.
 * @throws what the database tells when it cannot be opened, Error when what it holds cannot be used.
 */
export async function startSettings(options: SettingsOptions): Promise<Settings> {
  const { configFile, keys, log } = options;
  const database = openDatabase(join(options.config.dataDirectory, "settings.db"), {
    migrations: settingsMigrations,
    isDurable: true,
  });
  try {
    let config = options.config;
    const store = openSqliteSettingsStore(database);
    await noteFile(store, config, configFile);
    const told = keepTold(settingsFilePath(config.dataDirectory), log);
    const textOf = (stored: StoredSettings): string =>
      settingsFileText(stored, { startId: options.startId, accounts: config.accounts, providers: config.providers });
    const desk = await openSettingsDesk({
      store,
      combine: (stored) => combineSettings(config, stored),
      check(model, before) {
        checkModel(model, config, keys);
        refuseLostBudgets(model, before);
      },
      stage: (stored) => told.stage(textOf(stored)),
      clock: systemClock,
    });
    told.tell(textOf(await store.load()));
    const takeConfig = async (next: GatewayConfig): Promise<void> => {
      const stored = await store.load();
      const model = combineSettings(next, stored);
      checkModel(model, next, keys);
      refuseLostBudgets(model, desk.current);
      await noteFile(store, next, configFile);
      config = next;
      told.tell(textOf(await store.load()));
    };
    const stopFollowing = followConfig(options, (next) => desk.rebuild(() => takeConfig(next)));
    const stopPruning = pruneInSteps({
      step: () => pruneAuditLog(database.writer, options.config.audit.keep_days, systemClock.nowMs()),
      onFailure: (cause) => log("warn", "audit_prune_failed", { cause }),
    });
    return {
      desk,
      store,
      providers: () => config.providers,
      sessionStore: openSqliteSessionStore(database),
      stop() {
        stopFollowing();
        stopPruning();
        told.stop();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Throws for a model that cannot be served. */
function checkModel(model: SettingsModel, config: GatewayConfig, keys: InstallationKeys): void {
  activateSettings(model, { builtIn: compileProviders(config.providers), keys });
  refuseOpenGateways(model, config);
  for (const { publicKey } of logpushGateways(model)) readPublicKey(publicKey);
}

/** Calls `take` with what the file says each time it says another thing. @returns what ends it. */
function followConfig(
  { config, configFile, log }: SettingsOptions,
  take: (next: GatewayConfig) => Promise<void>,
): () => void {
  if (configFile === null) return () => {};
  let known = config;
  const onFault = (problem: string): void => log("error", "config_refused", { file: configFile, problem });
  const { stop } = followFile({
    path: configFile,
    take() {
      const { next, restartKeys } = readConfigAgain(configFile, known);
      if (restartKeys.length > 0) log("warn", "config_needs_restart", { file: configFile, keys: restartKeys });
      if (next === known) return;
      const before = known;
      known = next;
      take(next).then(
        () => log("info", "config_taken", { file: configFile }),
        (error: unknown) => {
          // Written once more it may be taken: what stood in its way was set elsewhere.
          if (known === next) known = before;
          onFault(String(error));
        },
      );
    },
    onFault,
  });
  return stop;
}

async function noteFile(store: SettingsStore, config: GatewayConfig, configFile: string | null): Promise<void> {
  const stored = await store.load();
  const changes = fileChanges(config, stored.objects);
  if (changes.length === 0) return;
  const actor = { type: "file", id: basename(configFile ?? "headgate.yaml"), email: null, ip: null } as const;
  await store.commit({
    baseVersion: stored.version,
    atMs: systemClock.nowMs(),
    actor,
    source: "file",
    changes,
    audit: [],
  });
}
