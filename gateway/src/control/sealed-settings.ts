import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import type { JsonObject } from "../core/gateway-settings.ts";
import { newId } from "../core/ids.ts";
import type { SealedSecret } from "../core/sealed-secret.ts";
import { stageFile } from "../core/stage-file.ts";
import type { AuditEntry } from "../core/settings-object.ts";
import type { SealedStore } from "../secrets/rotate-master-key.ts";
import { mapSealed, sealedKeyIds } from "../secrets/sealed-values.ts";
import { settingsFilePath } from "../settings/settings-file.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { openSqliteSettingsStore } from "../stores/sqlite/sqlite-settings-store.ts";

/** The sealed secrets of a data directory, to be closed when done. */
export interface SealedSettings extends SealedStore, Disposable {}

/**
 * Opens the secrets in the settings of a gateway that does not run: those of its database, and what workers were told of them last, so
 * that the next start finds both alike. Throws what the database tells when it cannot be opened.
 */
export function openSealedSettings(dataDirectory: string): SealedSettings {
  const database = openDatabase(join(dataDirectory, "settings.db"), {
    migrations: settingsMigrations,
    isDurable: true,
  });
  const store = openSqliteSettingsStore(database);
  return {
    keyIds: async () => sealedKeyIds((await store.load()).objects),
    async reseal(replace) {
      const { objects } = await store.load();
      const changed = objects.flatMap((object) => {
        const value = mapSealed(object.value, replace) as JsonObject;
        return value === object.value ? [] : [{ ...object, value }];
      });
      if (changed.length > 0) await store.replace(changed, [auditOf(changed.length)]);
      resealFile(settingsFilePath(dataDirectory), replace);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function auditOf(count: number): AuditEntry {
  return {
    id: newId(),
    atMs: systemClock.nowMs(),
    actor: { type: "local", id: "headgate keys rotate", email: null, ip: null },
    accountId: "",
    action: "master key rotated",
    resourceType: "headgate.master_key",
    resourceId: "master-key",
    before: null,
    after: { resealed: count },
  };
}

/** Told again by the control process at its start; until then workers read what is here. */
function resealFile(path: string, replace: (sealed: SealedSecret) => SealedSecret): void {
  if (!existsSync(path)) return;
  const told: unknown = JSON.parse(readFileSync(path, "utf8"));
  const resealed = mapSealed(told, replace);
  if (resealed !== told) stageFile(path, `${JSON.stringify(resealed)}\n`).commit();
}
