import { newId } from "../../core/ids.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { ObjectWrite } from "../../settings/settings-desk.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { invalid } from "../management-error.ts";
import { refuseTooMany } from "../secrets-store/create-secrets.ts";
import { previewOf, withPreviews } from "../secrets-store/previews.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** Whose key a secret is to hold. */
export interface KeyPlace {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly providerSlug: string;
  readonly alias: string;
}

/** The members of a provider key that say where its secret is, and what has to be written for that. */
export interface KeySecret {
  readonly members: JsonObject;
  readonly writes: readonly ObjectWrite[];
}

/**
 * Keeps a text as a secret of its own, under the name the product gives it (reference §9.4), in the gateway's store, the account's
 * first, or a new one.
 * @throws ManagementError 400 code 7001 when the account has too many secrets.
 */
export function ownSecret(
  model: SettingsModel,
  { accountId, gatewayId, providerSlug, alias }: KeyPlace,
  { text, secrets }: { readonly text: string; readonly secrets: SettingsRoutesOptions["secrets"] },
): KeySecret {
  refuseTooMany(model, accountId, 1);
  const id = newId();
  const stores = model.list(accountId, "secrets-store");
  const wanted = model.get(accountId, "gateway", gatewayId)?.value["store_id"];
  const store = stores.find((each) => each.id === wanted) ?? stores[0];
  const storeId = store?.id ?? newId();
  const newStore = {
    put: { accountId, kind: "secrets-store", id: storeId, value: { name: "default_secrets_store" } },
  } as const;
  const preview = previewOf({ value: text });
  const value = {
    storeId,
    name: freeName(model, accountId, `${gatewayId}_${providerSlug}_${alias}`),
    scopes: ["ai_gateway"],
    comment: "",
    status: "active",
    preview,
    sealed: secrets.seal(text, { accountId, kind: "secret", id }),
  };
  return {
    members: { secretId: id, ownsSecret: true, preview },
    writes: [...(store === undefined ? [newStore] : []), { put: { accountId, kind: "secret", id, value } }],
  };
}

/**
 * Refuses a text that its provider could never be asked with, such as broken JSON.
 * @throws ManagementError 400 code 7001 with path `["body", "secret"]`, which says why and shows nothing of it.
 */
export function refuseBrokenKey(
  providerSlug: string,
  text: string,
  { keyFault }: Pick<SettingsRoutesOptions, "keyFault">,
): void {
  const fault = keyFault(providerSlug, text);
  if (fault !== null) throw invalid(`The secret cannot be a key of ${providerSlug}: ${fault}`, ["body", "secret"]);
}

/**
 * Uses a secret that is there; `text`, where it is given, becomes its value, also for other keys that use it.
 * @throws ManagementError 400 code 7001 with path `["body", "secret_id"]` when there is none, or it is not for gateways.
 */
export function sharedSecret(
  model: SettingsModel,
  { accountId, secretId }: { readonly accountId: string; readonly secretId: string },
  { text, secrets }: { readonly text: string | undefined; readonly secrets: SettingsRoutesOptions["secrets"] },
): KeySecret {
  const secret = model.get(accountId, "secret", secretId);
  if (secret === undefined) throw invalid("There is no such secret", ["body", "secret_id"]);
  if (!(secret.value["scopes"] as readonly unknown[]).includes("ai_gateway")) {
    throw invalid("The secret's scopes lack ai_gateway", ["body", "secret_id"]);
  }
  if (text === undefined) return { members: { secretId, preview: secret.value["preview"] ?? "…" }, writes: [] };
  const { reference: _replaced, ...others } = secret.value;
  const preview = previewOf({ value: text });
  const sealed = secrets.seal(text, { accountId, kind: "secret", id: secretId });
  const put = { accountId, kind: "secret", id: secretId, value: { ...others, preview, sealed } } as const;
  return {
    members: { secretId, preview },
    writes: [{ put }, ...withPreviews(model, { accountId, secretId, preview })],
  };
}

function freeName(model: SettingsModel, accountId: string, name: string): string {
  const taken = new Set(model.list(accountId, "secret").map(({ value }) => value["name"]));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
  return free;
}
