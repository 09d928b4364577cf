import type { SettingsObject } from "../../core/settings-object.ts";
import type { ObjectWrite } from "../../settings/settings-desk.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";

/** Takes away stored keys, and the secrets that were made for them alone. Those of the configuration file stay. */
export function withoutKeys(keys: readonly SettingsObject[]): ObjectWrite[] {
  return keys
    .filter(({ source }) => source === "store")
    .flatMap(({ accountId, kind, id, value }): ObjectWrite[] => {
      const ownSecret = { accountId, kind: "secret", id: String(value["secretId"]) } as const;
      const key = { remove: { accountId, kind, id } };
      return value["ownsSecret"] === true ? [key, { remove: ownSecret }] : [key];
    });
}

/** Takes away all keys of a gateway. */
export function keysOfGateway(model: SettingsModel, accountId: string, gatewayId: string): ObjectWrite[] {
  return withoutKeys(model.list(accountId, "provider-config").filter(({ value }) => value["gatewayId"] === gatewayId));
}

/** Takes away all keys of a provider, at every gateway. */
export function keysOfProvider(model: SettingsModel, accountId: string, slug: string): ObjectWrite[] {
  return withoutKeys(model.list(accountId, "provider-config").filter(({ value }) => value["providerSlug"] === slug));
}
