import { addressFault, type AddressPolicy } from "../../core/address-policy.ts";
import type { SettingsObject } from "../../core/settings-object.ts";

/** Why custom providers of a document may not be where it says; the file itself may name what the API may not. */
export function addressFaultsOf(objects: readonly SettingsObject[], policy: AddressPolicy): string[] {
  return objects.flatMap(({ accountId, kind, value }) => {
    if (kind !== "custom-provider") return [];
    const fault = addressFault(String(value["base_url"]), policy);
    return fault === null ? [] : [`accounts.${accountId}.providers.custom-${String(value["slug"])}.base_url: ${fault}`];
  });
}
