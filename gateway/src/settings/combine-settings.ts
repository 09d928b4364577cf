import type { SettingsObject } from "../core/settings-object.ts";
import type { StoredSettings } from "../stores/ports/settings-store.ts";
import { type FilePart, fileObjects, fileProviders, impliedObjects } from "./file-objects.ts";
import { buildSettingsModel, type SettingsModel } from "./settings-model.ts";

/**
 * The one model of what is set: what the file declares, what the store holds of the API, and what is there by itself. Objects the
 * file declared in the past, which the store remembers for their times, give those times and nothing else.
 */
export function combineSettings(part: FilePart, { version, createdAtMs, objects }: StoredSettings): SettingsModel {
  const own = objects.filter(({ source }) => source === "store");
  const remembered = new Map(
    objects.filter(({ source }) => source === "file").map((object) => [keyOf(object), object]),
  );
  const madeThen = { createdAtMs, modifiedAtMs: createdAtMs };
  const ownAccounts = own.filter(({ kind }) => kind === "account").map(({ id }) => id);
  const accountIds = [...new Set([...ownAccounts, ...Object.keys(part.accounts)])];
  const declared = [
    ...fileObjects(part),
    ...ownAccounts.filter((id) => !Object.hasOwn(part.accounts, id)).flatMap((id) => fileProviders(id, part.providers)),
  ].map((object) => withTimes(object, remembered.get(keyOf(object)) ?? madeThen));
  const implied = impliedObjects(part, accountIds).map((object) => withTimes(object, madeThen));
  return buildSettingsModel(version, [...implied, ...own, ...declared]);
}

function withTimes(
  object: SettingsObject,
  { createdAtMs, modifiedAtMs }: Pick<SettingsObject, "createdAtMs" | "modifiedAtMs">,
): SettingsObject {
  return { ...object, createdAtMs, modifiedAtMs };
}

function keyOf({ accountId, kind, id }: Pick<SettingsObject, "accountId" | "kind" | "id">): string {
  return `${accountId}\n${kind}\n${id}`;
}
