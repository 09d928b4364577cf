import type { GatewayConfig } from "../core/gateway-settings.ts";
import { combineSettings } from "../settings/combine-settings.ts";
import { OpenGateways, refuseOpenGateways } from "../settings/open-gateways.ts";
import { readSettingsFile, settingsFilePath } from "../settings/settings-file.ts";
import type { StoredSettings } from "../stores/ports/settings-store.ts";
import { exitStatus, StartError } from "./exit-status.ts";

/**
 * Stops a start that would open a gateway to whoever reaches the port, before anything listens.
 * @throws StartError that says which gateways and how to allow it knowingly.
 */
export function refuseOpenStart(config: GatewayConfig): void {
  try {
    refuseOpenGateways(combineSettings(config, storedSettings(config)), config);
  } catch (error) {
    if (error instanceof OpenGateways) throw new StartError(error.message, exitStatus.configuration);
    throw error;
  }
}

/** What the workers will find. A file that cannot be used is theirs to tell of: they go on without it. */
function storedSettings({ dataDirectory }: GatewayConfig): StoredSettings {
  try {
    return readSettingsFile(settingsFilePath(dataDirectory));
  } catch {
    return { version: 0, createdAtMs: 0, objects: [] };
  }
}
