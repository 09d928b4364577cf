import { followFile } from "../core/follow-file.ts";
import { compileProviders, type ProviderRegistry } from "../providers/registry.ts";
import { type ActivationOptions, type ActiveSettings, activateSettings } from "./active-settings.ts";
import { combineSettings } from "./combine-settings.ts";
import type { FilePart } from "./file-objects.ts";
import { readSettingsFile } from "./settings-file.ts";

/** What a worker follows. */
export interface FollowSettingsOptions {
  /** The settings file; may be missing. */
  readonly path: string;
  /** What the configuration file said when the gateway was started. */
  readonly part: FilePart;
  /** That start; a settings file of the same one tells what the configuration file says since. */
  readonly startId: string;
  readonly keys: ActivationOptions["keys"];
  readonly adminTokenHash?: string | null;
  /** Told once of each reason for which a file is not used; the settings before it stay in use. */
  readonly onFault: (problem: string) => void;
}

/** The settings in use. */
export interface LiveSettings {
  readonly current: ActiveSettings;
  stop(): void;
}

/**
 * Keeps settings in step with the settings file, from the first moment on; a change is in use a quarter of a second after it was
 * written, at once for every request that comes then. Throws what `activateSettings` does for the configuration file's own part.
 */
export function followSettings(options: FollowSettingsOptions): LiveSettings {
  const { path, part, startId, keys, adminTokenHash = null, onFault } = options;
  const builtInOf = rememberLast();
  let current = activateSettings(combineSettings(part, { version: 0, createdAtMs: 0, objects: [] }), {
    builtIn: builtInOf(part.providers),
    keys,
    adminTokenHash,
  });
  const followed = followFile({
    path,
    take() {
      const { part: told, ...stored } = readSettingsFile(path);
      const now = told.startId === startId ? { ...part, ...told } : part;
      const builtIn = builtInOf(now.providers);
      current = activateSettings(combineSettings(now, stored), { builtIn, keys, adminTokenHash });
    },
    onFault,
  });
  return {
    get current() {
      return current;
    },
    stop: followed.stop,
  };
}

/** Registries hold tokens that were fetched for credentials: the same one as long as the configuration file says the same. */
function rememberLast(): (providers: FilePart["providers"]) => ProviderRegistry {
  let last: { readonly text: string; readonly registry: ProviderRegistry } | null = null;
  return (providers) => {
    const text = JSON.stringify(providers);
    if (last?.text !== text) last = { text, registry: compileProviders(providers) };
    return last.registry;
  };
}
