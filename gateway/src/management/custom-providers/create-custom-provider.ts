import type { z } from "zod";
import { newId } from "../../core/ids.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { CustomProvider } from "../../settings/custom-provider.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount, requireObject } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { accountParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { checkBaseUrl } from "./check-base-url.ts";
import type { createBody } from "./schemas.ts";
import { auditedProvider, showCustomProvider } from "./show-custom-provider.ts";

/** Most custom providers of an account: every worker holds all of them. */
const MOST_PROVIDERS = 1000;

/**
 * `POST …/custom-providers` (reference §14.7).
 * @throws ManagementError 409 code 1003 with path `["body", "slug"]`; 404 code 7002 for an unknown account; and as `checkBaseUrl` does.
 */
export async function createCustomProvider(
  { request, params, body }: Asked<typeof accountParams, z.ZodObject, ReturnType<typeof createBody>>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId } = params;
  requireAccount(options.desk.current, accountId);
  checkBaseUrl(body.base_url, options);
  const value: CustomProvider = {
    name: body.name,
    slug: body.slug,
    base_url: body.base_url,
    dialect: body.dialect ?? (options.dialects[0] as string),
    description: body.description ?? null,
    enable: body.enable ?? false,
    beta: body.beta ?? false,
    link: body.link ?? null,
    headers: body.headers ?? null,
    curl_example: body.curl_example ?? null,
    js_example: body.js_example ?? null,
    position: body.position ?? null,
  };
  const key = { accountId, kind: "custom-provider", id: newId() } as const;
  await changeSettings(options, request, (model) => {
    requireAccount(model, accountId);
    refuseAnother(model, accountId, value.slug);
    const after = value as unknown as JsonObject;
    const audit = [
      auditDraft("ai_gateway.custom_provider", "created", {
        accountId,
        id: key.id,
        before: null,
        after: auditedProvider(after),
      }),
    ];
    return { writes: [{ put: { ...key, value: after } }], audit, result: null };
  });
  return success(showCustomProvider(requireObject(options.desk.current, key)));
}

function refuseAnother(model: SettingsModel, accountId: string, slug: string): void {
  const known = model.list(accountId, "custom-provider");
  if (known.some(({ value }) => value["slug"] === slug)) {
    const message = "A custom provider with this slug already exists";
    throw new ManagementError("slugTaken", [{ message, path: ["body", "slug"] }]);
  }
  if (known.length >= MOST_PROVIDERS) {
    throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_PROVIDERS} custom providers` }]);
  }
}
