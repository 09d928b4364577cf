import type { SettingsObject } from "../core/settings-object.ts";
import type { SettingsModel } from "./settings-model.ts";

/**
 * Texts that tell apart what a gateway or custom provider was and is, for answers that were given under it before: gateways by id
 * where `cache_invalidate_on_update` is on, custom providers by the slug that paths use. Empty for all others.
 */
export function settingsRevisions(
  model: SettingsModel,
  accountId: string,
): (kind: "gateway" | "custom-provider", id: string) => string {
  const gateways = model.list(accountId, "gateway").filter(({ value }) => value["cache_invalidate_on_update"] === true);
  const providers = model.list(accountId, "custom-provider");
  const revisions = {
    gateway: new Map(gateways.map((object) => [object.id, revisionOf(object)])),
    "custom-provider": new Map(providers.map((object) => [`custom-${object.value["slug"]}`, revisionOf(object)])),
  };
  return (kind, id) => revisions[kind].get(id) ?? "";
}

/** What the configuration file declares has no time of its own when it is read for the first time, hence its value counts, too. */
function revisionOf({ modifiedAtMs, value }: SettingsObject): string {
  return `${modifiedAtMs}-${Bun.hash.xxHash64(JSON.stringify(value)).toString(16)}`;
}
