import type { z } from "zod";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { CustomProvider } from "../../settings/custom-provider.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireAccount, requireObject } from "../find-settings.ts";
import { invalid } from "../management-error.ts";
import type { accountParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { checkBaseUrl } from "./check-base-url.ts";
import type { updateBody } from "./schemas.ts";
import { auditedProvider, showCustomProvider } from "./show-custom-provider.ts";

type ProviderParams = z.ZodObject<(typeof accountParams)["shape"] & { readonly providerId: z.ZodString }>;

/**
 * `PATCH …/custom-providers/{id}` (reference §14.7): what is left out stays.
 * @throws ManagementError 404 code 1004; 409 code 7001 for a provider of the configuration file; 400 code 7001 with path
 * `["body", "slug"]` for another slug; and as `checkBaseUrl` does.
 */
export async function changeCustomProvider(
  { request, params, body }: Asked<ProviderParams, z.ZodObject, ReturnType<typeof updateBody>>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  if (body.base_url !== undefined) checkBaseUrl(body.base_url, options);
  await changeSettings(options, request, (model) => {
    const provider = requireProvider(model, params);
    refuseFileManaged(provider);
    const before = provider.value as unknown as CustomProvider;
    if (body.slug !== undefined && body.slug !== before.slug) throw invalid("A slug stays as it is", ["body", "slug"]);
    const given = Object.entries(body).filter(([member]) => Object.hasOwn(before, member));
    const { accountId, kind, id, value: old } = provider;
    const value = { ...old, ...Object.fromEntries(given) };
    const audit = [
      auditDraft("ai_gateway.custom_provider", "updated", {
        accountId,
        id,
        before: auditedProvider(old),
        after: auditedProvider(value),
      }),
    ];
    return { writes: [{ put: { accountId, kind, id, value } }], audit, result: null };
  });
  return success(showCustomProvider(requireProvider(options.desk.current, params)));
}

/** @throws ManagementError 404: code 7002 for an unknown account, 1004 when it has no such custom provider. */
export function requireProvider(
  model: SettingsModel,
  { accountId, providerId: id }: Readonly<Record<"accountId" | "providerId", string>>,
): SettingsObject {
  requireAccount(model, accountId);
  return requireObject(model, { accountId, kind: "custom-provider", id }, "noCustomProvider");
}
