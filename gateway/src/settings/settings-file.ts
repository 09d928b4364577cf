import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SettingsKind, settingsKinds } from "../core/settings-object.ts";
import type { StoredObject, StoredSettings } from "../stores/ports/settings-store.ts";
import type { FilePart } from "./file-objects.ts";

/** Where the control process tells the workers what is set: secrets sealed, tokens as hashes. */
export function settingsFilePath(dataDirectory: string): string {
  return join(dataDirectory, "settings.json");
}

/** What requests are not served by. Passwords of people stay where they are, too. */
const untold: ReadonlySet<SettingsKind> = new Set(["dataset", "user", "secrets-store"]);

/** What the configuration file says now, which may be another thing than when the process was started. */
export interface ToldPart extends Pick<FilePart, "accounts" | "providers"> {
  /** The start of the gateway it belongs to: at the next one every process reads the configuration file anew. */
  readonly startId: string;
}

/** What a settings file holds: every object of the API that requests are served by, and what the configuration file says. */
export function settingsFileText(
  { version, objects }: Pick<StoredSettings, "version" | "objects">,
  part: ToldPart,
): string {
  const told = objects.filter(({ kind, source }) => source === "store" && !untold.has(kind));
  return `${JSON.stringify({ format: 1, version, part, objects: told })}\n`;
}

/** A settings file, its outline checked. Throws the system's error when it cannot be read, Error saying what is wrong with it. */
export function readSettingsFile(path: string): StoredSettings & { readonly part: ToldPart } {
  const file = JSON.parse(readFileSync(path, "utf8")) as Partial<StoredSettings> & {
    readonly format?: unknown;
    readonly part?: ToldPart;
  };
  if (file.format !== 1) throw new Error(`${path}: expected format 1, got ${String(file.format)}`);
  const { version, objects, part } = file;
  if (!Number.isSafeInteger(version) || !Array.isArray(objects) || typeof part?.startId !== "string")
    throw new Error(`${path}: expected version, part and objects`);
  // Nobody asks a worker for the age of anything.
  return { version: version as number, createdAtMs: 0, part, objects: objects.map((object) => checked(object, path)) };
}

function checked(object: StoredObject | null, path: string): StoredObject {
  const { accountId, kind, id, value } = object ?? ({} as Partial<StoredObject>);
  const isNamed =
    typeof accountId === "string" && typeof id === "string" && settingsKinds.includes(kind as SettingsKind);
  if (!isNamed || typeof value !== "object" || value === null)
    throw new Error(`${path}: holds what is no object of settings`);
  return object as StoredObject;
}
