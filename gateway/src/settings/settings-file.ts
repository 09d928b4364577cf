import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SettingsKind, settingsKinds } from "../core/settings-object.ts";
import type { StoredObject, StoredSettings } from "../stores/ports/settings-store.ts";

/** Where the control process tells the workers what the API set: secrets sealed, tokens as hashes. */
export function settingsFilePath(dataDirectory: string): string {
  return join(dataDirectory, "settings.json");
}

/** What requests are not served by. Passwords of people stay where they are, too. */
const untold: ReadonlySet<SettingsKind> = new Set(["dataset", "user", "secrets-store"]);

/** What a settings file holds: every object of the API that requests are served by. */
export function settingsFileText({ version, objects }: StoredSettings): string {
  const told = objects.filter(({ kind, source }) => source === "store" && !untold.has(kind));
  return `${JSON.stringify({ format: 1, version, objects: told })}\n`;
}

/** A settings file, its outline checked. Throws the system's error when it cannot be read, Error saying what is wrong with it. */
export function readSettingsFile(path: string): StoredSettings {
  const file = JSON.parse(readFileSync(path, "utf8")) as Partial<StoredSettings> & { readonly format?: unknown };
  if (file.format !== 1) throw new Error(`${path}: expected format 1, got ${String(file.format)}`);
  const { version, objects } = file;
  if (!Number.isSafeInteger(version) || !Array.isArray(objects))
    throw new Error(`${path}: expected version and objects`);
  return { version: version as number, objects: objects.map((object) => checked(object, path)) };
}

function checked(object: StoredObject | null, path: string): StoredObject {
  const { accountId, kind, id, value } = object ?? ({} as Partial<StoredObject>);
  const isNamed =
    typeof accountId === "string" && typeof id === "string" && settingsKinds.includes(kind as SettingsKind);
  if (!isNamed || typeof value !== "object" || value === null)
    throw new Error(`${path}: holds what is no object of settings`);
  return object as StoredObject;
}
