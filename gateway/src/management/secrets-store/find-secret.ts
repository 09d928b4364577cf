import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { requireAccount, requireObject } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";

/** Most secrets of an account. */
export const MOST_SECRETS = 10_000;

type StorePlace = Readonly<Record<"accountId" | "storeId", string>>;

/** @throws ManagementError 404 code 7002 when there is no such store. */
export function requireStore(model: SettingsModel, { accountId, storeId: id }: StorePlace): SettingsObject {
  requireAccount(model, accountId);
  return requireObject(model, { accountId, kind: "secrets-store", id });
}

/** The secrets of a store, in the order they were made. */
export function secretsOf(model: SettingsModel, { accountId, storeId }: StorePlace): SettingsObject[] {
  return model.list(accountId, "secret").filter(({ value }) => value["storeId"] === storeId);
}

/** @throws ManagementError 404 code 7002 when this store has no such secret. */
export function requireSecret(
  model: SettingsModel,
  { accountId, storeId, secretId: id }: StorePlace & { readonly secretId: string },
): SettingsObject {
  requireStore(model, { accountId, storeId });
  const secret = requireObject(model, { accountId, kind: "secret", id });
  if (secret.value["storeId"] !== storeId) throw new ManagementError("notFound");
  return secret;
}

/**
 * Refuses to take away what requests are made with.
 * @throws ManagementError 400 code 7001 naming the provider key that uses one of `ids`.
 */
export function refuseUsed(model: SettingsModel, accountId: string, ids: ReadonlySet<string>): void {
  const user = model.list(accountId, "provider-config").find(({ value }) => ids.has(String(value["secretId"])));
  if (user === undefined) return;
  const { gatewayId, providerSlug, alias } = user.value;
  const message = `In use as the key ${String(alias)} of ${String(providerSlug)} at the gateway ${String(gatewayId)}: delete that first`;
  throw new ManagementError("invalid", [{ message }]);
}

/** A store as the API shows it (reference §18). */
export function showStore({ id, accountId, value, createdAtMs, modifiedAtMs }: SettingsObject): JsonObject {
  return {
    id,
    name: value["name"],
    account_id: accountId,
    created: new Date(createdAtMs).toISOString(),
    modified: new Date(modifiedAtMs).toISOString(),
  };
}

/** A secret as the API shows it (reference §18): never its value. */
export function showSecret({ id, value, createdAtMs, modifiedAtMs }: SettingsObject): JsonObject {
  return {
    id,
    ...auditedSecret(value),
    created: new Date(createdAtMs).toISOString(),
    modified: new Date(modifiedAtMs).toISOString(),
  };
}

/** What the audit log may tell of a secret. */
export function auditedSecret(value: JsonObject): JsonObject {
  const { name, storeId, status, scopes, comment, reference } = value;
  return {
    name,
    store_id: storeId,
    status: status ?? "active",
    scopes: scopes ?? [],
    comment: comment ?? "",
    ...(reference === undefined ? {} : { reference }),
  };
}
