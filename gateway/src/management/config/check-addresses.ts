import { addressFault, type AddressPolicy } from "../../core/address-policy.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { ObjectChange } from "../../core/settings-object.ts";

/**
 * Why what a document would change may not be: custom providers and collectors at addresses that the policy refuses, and places that logs are
 * pushed to, which only the configuration file may name. That file may name what the API may not.
 */
export function addressFaultsOf(changes: readonly ObjectChange[], policy: AddressPolicy): string[] {
  return changes.flatMap(({ accountId, kind, id, after }) => {
    if (after === null) return [];
    const path = `accounts.${accountId}`;
    if (kind === "custom-provider") {
      const fault = addressFault(String(after["base_url"]), policy);
      return fault === null ? [] : [`${path}.providers.custom-${String(after["slug"])}.base_url: ${fault}`];
    }
    if (kind === "account" && listOf(after["logpush"]).length > 0)
      return [`${path}.logpush: only headgate.yaml names where logs are pushed`];
    if (kind !== "gateway") return [];
    return listOf(after["otel"]).flatMap(({ url }, index) => {
      const fault = addressFault(String(url), policy);
      return fault === null ? [] : [`${path}.gateways.${id}.otel.${index}.url: ${fault}`];
    });
  });
}

/** Whether changes make something read variables or files of this machine as secrets, which it did not before. */
export function namesSecrets(changes: readonly ObjectChange[]): boolean {
  return changes.some(({ kind, before, after }) => {
    const known = new Set(referencesIn(kind, before));
    return referencesIn(kind, after).some((reference) => !known.has(reference));
  });
}

function referencesIn(kind: ObjectChange["kind"], value: JsonObject | null): readonly string[] {
  if (kind === "provider-config" && value?.["reference"] !== undefined) return [JSON.stringify(value["reference"])];
  if (kind !== "gateway") return [];
  const exporters = listOf(value?.["otel"]).filter(({ authorization }) => authorization !== undefined);
  const { authorization: billing } = (value?.["stripe"] ?? {}) as JsonObject;
  const isOfMachine = /^(?:env|file):/.test(String(billing));
  return [
    ...exporters.map(({ url, authorization }) => JSON.stringify([url, authorization])),
    ...(isOfMachine ? [JSON.stringify(["stripe", billing])] : []),
  ];
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
