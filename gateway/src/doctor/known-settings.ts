import type { GatewayConfig } from "../core/gateway-settings.ts";
import { combineSettings } from "../settings/combine-settings.ts";
import { readSettingsFile, settingsFilePath } from "../settings/settings-file.ts";
import type { SettingsModel } from "../settings/settings-model.ts";

/** What is set by file and API, as the next start would find it. A settings file that cannot be used counts as none: the start writes it anew. */
export function knownSettings(config: GatewayConfig): SettingsModel {
  try {
    return combineSettings(config, readSettingsFile(settingsFilePath(config.dataDirectory)));
  } catch {
    return combineSettings(config, { version: 0, createdAtMs: 0, objects: [] });
  }
}
