import { followFile } from "../core/follow-file.ts";
import { type ActivationOptions, type ActiveSettings, activateSettings } from "./active-settings.ts";
import { combineSettings } from "./combine-settings.ts";
import type { FilePart } from "./file-objects.ts";
import { readSettingsFile } from "./settings-file.ts";

/** What a worker follows. */
export interface FollowSettingsOptions {
  /** The settings file; may be missing. */
  readonly path: string;
  /** What the configuration file says. */
  readonly part: FilePart;
  readonly activation: ActivationOptions;
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
export function followSettings({ path, part, activation, onFault }: FollowSettingsOptions): LiveSettings {
  let current = activateSettings(combineSettings(part, { version: 0, objects: [] }), activation);
  const followed = followFile({
    path,
    take() {
      current = activateSettings(combineSettings(part, readSettingsFile(path)), activation);
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
