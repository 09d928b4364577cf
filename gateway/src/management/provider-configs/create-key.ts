import type { z } from "zod";
import { newId } from "../../core/ids.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { USUAL_PERIOD_SECONDS } from "../../settings/stored-keys.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireGateway } from "../find-settings.ts";
import { providerSlug } from "../find-provider.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { quoted } from "../parse-query.ts";
import type { gatewayParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { type KeyPlace, type KeySecret, ownSecret, refuseBrokenKey, sharedSecret } from "./key-secret.ts";
import { requireKey, showKey, withoutOtherDefaults } from "./provider-key.ts";
import type { configBody } from "./schemas.ts";

/** Most provider keys of an account: every worker holds all of them. */
const MOST_KEYS = 5000;

/**
 * `POST …/provider_configs` (reference §14.8): keeps a key sealed, as a secret of its own unless `secret_id` names one.
 * @throws ManagementError 404 code 7002; 400 code 7001 with path `["body", …]`; 403 code 10000 for a reference by a caller who may not
 * read this machine's variables and files.
 */
export async function createKey(
  { request, params, body }: Asked<typeof gatewayParams, z.ZodObject, typeof configBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId, gatewayId } = params;
  requireGateway(options.desk.current, accountId, gatewayId);
  refuseUnclear(body);
  if (body.reference !== undefined) request.require("secrets.reference");
  const configId = newId();
  await changeSettings(options, request, (model) => {
    requireGateway(model, accountId, gatewayId);
    if (model.list(accountId, "provider-config").length >= MOST_KEYS) {
      throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_KEYS} provider keys` }]);
    }
    const place = {
      accountId,
      gatewayId,
      providerSlug: knownSlug(model, accountId, { body, options }),
      alias: body.alias,
    };
    const { members, writes } = keptSecret(model, place, { body, options });
    const value: JsonObject = {
      gatewayId,
      providerSlug: place.providerSlug,
      alias: body.alias,
      isDefault: body.default_config,
      weight: body.weight ?? 1,
      rateLimit: body.rate_limit ?? null,
      rateLimitPeriod: body.rate_limit_period ?? USUAL_PERIOD_SECONDS,
      ...members,
    };
    const put = { accountId, kind: "provider-config", id: configId, value } as const;
    const others = body.default_config ? withoutOtherDefaults(model, place) : [];
    const audit = [
      auditDraft("ai_gateway.provider_config", "created", { accountId, id: configId, before: null, after: value }),
    ];
    return { writes: [...writes, ...others, { put }], audit, result: null };
  });
  return success(showKey(requireKey(options.desk.current, { accountId, gatewayId, configId })));
}

type ConfigBody = z.output<typeof configBody>;

function refuseUnclear({ secret, secret_id: secretId, reference }: ConfigBody): void {
  if (secret === undefined && secretId === undefined && reference === undefined) {
    throw invalid("Expected secret, secret_id or reference", ["body", "secret"]);
  }
  if (reference !== undefined && (secret !== undefined || secretId !== undefined)) {
    throw invalid("Expected reference without secret and secret_id", ["body", "reference"]);
  }
}

function knownSlug(
  model: SettingsModel,
  accountId: string,
  { body, options }: { readonly body: ConfigBody; readonly options: SettingsRoutesOptions },
): string {
  const slug = providerSlug(model, { accountId, name: body.provider_slug }, options);
  if (slug === null) throw invalid(`There is no provider ${quoted(body.provider_slug)}`, ["body", "provider_slug"]);
  return slug;
}

function keptSecret(
  model: SettingsModel,
  place: KeyPlace,
  { body, options }: { readonly body: ConfigBody; readonly options: SettingsRoutesOptions },
): KeySecret {
  const { secrets } = options;
  const { secret: text, secret_id: secretId, reference } = body;
  if (text !== undefined) refuseBrokenKey(place.providerSlug, text, options);
  if (reference !== undefined) return { members: { reference, preview: reference }, writes: [] };
  if (secretId === undefined) return ownSecret(model, place, { text: text as string, secrets });
  return sharedSecret(model, { accountId: place.accountId, secretId }, { text, secrets });
}
