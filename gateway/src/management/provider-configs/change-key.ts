import type { z } from "zod";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged } from "../find-settings.ts";
import { invalid } from "../management-error.ts";
import type { gatewayParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { type KeyPlace, type KeySecret, ownSecret, refuseBrokenKey, sharedSecret } from "./key-secret.ts";
import { requireKey, showKey, withoutOtherDefaults } from "./provider-key.ts";
import type { configChange } from "./schemas.ts";

/** Parameters of the path of one provider key. */
export type KeyParams = z.ZodObject<(typeof gatewayParams)["shape"] & { readonly configId: z.ZodString }>;

type Change = z.output<typeof configChange>;

/**
 * `PUT …/provider_configs/{id}` (reference §14.8): a new key, or another weight; what is left out stays. A secret that several keys use
 * changes for all of them.
 * @throws ManagementError 404 code 7002; 409 code 7001 for a key of the configuration file; 400 code 7001; 403 code 10000 for a reference.
 */
export async function changeKey(
  { request, params, body }: Asked<KeyParams, z.ZodObject, typeof configChange>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  if (Object.keys(body).length === 0) throw invalid("Expected secret or another field", ["body", "secret"]);
  if (body.secret !== undefined && body.reference !== undefined) {
    throw invalid("Expected either secret or reference", ["body", "reference"]);
  }
  if (body.reference !== undefined) request.require("secrets.reference");
  await changeSettings(options, request, (model) => {
    const key = requireKey(model, params);
    refuseFileManaged(key);
    const { accountId, kind, id, value: before } = key;
    const { members, writes } = newSecret(model, key, { body, options });
    const { reference: _reference, ownsSecret: _owns, secretId: _secret, preview: _preview, ...rest } = before;
    const after = { ...(members === null ? before : { ...rest, ...members }), ...settingsOf(body) };
    const others = body.default_config === true ? withoutOtherDefaults(model, placeOf(key)) : [];
    const isNew = body.secret !== undefined || body.reference !== undefined;
    const told = isNew ? { ...after, secret_changed: true } : after;
    const audit = [auditDraft("ai_gateway.provider_config", "updated", { accountId, id, before, after: told })];
    return { writes: [...writes, ...others, { put: { accountId, kind, id, value: after } }], audit, result: null };
  });
  return success(showKey(requireKey(options.desk.current, params)));
}

function settingsOf({ default_config: isDefault, weight, rate_limit: rateLimit, rate_limit_period: period }: Change) {
  return {
    ...(isDefault === undefined ? {} : { isDefault }),
    ...(weight === undefined ? {} : { weight }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(period === undefined ? {} : { rateLimitPeriod: period }),
  };
}

/** `members` is null when the secret stays. */
function newSecret(
  model: SettingsModel,
  key: SettingsObject,
  { body, options }: { readonly body: Change; readonly options: SettingsRoutesOptions },
): { readonly members: KeySecret["members"] | null; readonly writes: KeySecret["writes"] } {
  const { accountId, value } = key;
  const { secretId, ownsSecret } = value;
  if (body.reference !== undefined) {
    const own = { accountId, kind: "secret", id: String(secretId) } as const;
    return {
      members: { reference: body.reference, preview: body.reference },
      writes: ownsSecret === true ? [{ remove: own }] : [],
    };
  }
  if (body.secret === undefined) return { members: null, writes: [] };
  const { secrets } = options;
  refuseBrokenKey(placeOf(key).providerSlug, body.secret, options);
  if (typeof secretId !== "string") return ownSecret(model, placeOf(key), { text: body.secret, secrets });
  const { members, writes } = sharedSecret(model, { accountId, secretId }, { text: body.secret, secrets });
  return { members: ownsSecret === true ? { ...members, ownsSecret } : members, writes };
}

function placeOf({ accountId, value }: SettingsObject): KeyPlace {
  return {
    accountId,
    gatewayId: String(value["gatewayId"]),
    providerSlug: String(value["providerSlug"]),
    alias: String(value["alias"]),
  };
}
