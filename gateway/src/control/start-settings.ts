import { join } from "node:path";
import { readFileSync } from "node:fs";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { stageFile } from "../core/stage-file.ts";
import { readPublicKey } from "../logpush/public-key.ts";
import { compileProviders } from "../providers/registry.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { activateSettings } from "../settings/active-settings.ts";
import { combineSettings } from "../settings/combine-settings.ts";
import { fileChanges } from "../settings/file-changes.ts";
import { openSettingsDesk, type SettingsDesk } from "../settings/settings-desk.ts";
import { settingsFilePath, settingsFileText } from "../settings/settings-file.ts";
import type { SettingsStore, StoredSettings } from "../stores/ports/settings-store.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import { logpushGateways } from "./gateway-scopes.ts";

/** Settings as the control process has them. */
export interface Settings {
  readonly desk: SettingsDesk;
  readonly store: SettingsStore;
  stop(): void;
}

/** What settings are kept and checked with. */
export interface SettingsOptions {
  readonly config: GatewayConfig;
  readonly keys: InstallationKeys;
  readonly log: ProcessLog;
}

/**
 * Opens what is set: notes in the history what the configuration file says otherwise than last time, and tells the workers what the
 * API set where their file says something else.
 * @throws what the database tells when it cannot be opened, Error when what it holds cannot be used.
 */
export async function startSettings({ config, keys, log }: SettingsOptions): Promise<Settings> {
  const database = openDatabase(join(config.dataDirectory, "settings.db"), {
    migrations: settingsMigrations,
    isDurable: true,
  });
  try {
    const store = openSqliteSettingsStore(database);
    await noteFile(store, config);
    const builtIn = compileProviders(config.providers);
    const path = settingsFilePath(config.dataDirectory);
    const desk = await openSettingsDesk({
      store,
      combine: (stored) => combineSettings(config, stored),
      check(model) {
        activateSettings(model, { builtIn, keys });
        for (const { publicKey } of logpushGateways(model)) readPublicKey(publicKey);
      },
      stage: (stored) => stageFile(path, settingsFileText(stored)),
      clock: systemClock,
    });
    publish(await store.load(), path, log);
    return { desk, store, stop: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function noteFile(store: SettingsStore, config: GatewayConfig): Promise<void> {
  const stored = await store.load();
  const changes = fileChanges(config, stored.objects);
  if (changes.length === 0) return;
  const actor = { type: "file", id: "headgate.yaml", email: null, ip: null } as const;
  await store.commit({
    baseVersion: stored.version,
    atMs: systemClock.nowMs(),
    actor,
    source: "file",
    changes,
    audit: [],
  });
}

function publish(stored: StoredSettings, path: string, log: ProcessLog): void {
  const text = settingsFileText(stored);
  if (text === textOf(path)) return;
  try {
    stageFile(path, text).commit();
  } catch (error) {
    // Workers go on with what they have; the next change tells them all of it.
    log("error", "settings_file_not_written", { error: String(error) });
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
