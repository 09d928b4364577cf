import type { z } from "zod";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireGateway } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { gatewayParams } from "../path-parameters.ts";
import { publicOrigin } from "../public-origin.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

type UrlParams = z.ZodObject<(typeof gatewayParams)["shape"] & { readonly provider: z.ZodString }>;

/**
 * `GET …/gateways/{id}/url/{provider}` (reference §14.1): where a client's base URL points, at the host that was asked.
 * @throws ManagementError 404 code 7002 for an unknown gateway or provider.
 */
export function getUrl(
  { request, params }: Asked<UrlParams, z.ZodObject, z.ZodType>,
  options: SettingsRoutesOptions,
): Response {
  const { accountId, gatewayId, provider } = params;
  const model = options.desk.current;
  requireGateway(model, accountId, gatewayId);
  if (provider !== "compat" && providerSlug(model, { accountId, name: provider }, options) === null) {
    throw new ManagementError("notFound", [{ message: "There is no such provider", path: ["path", "provider"] }]);
  }
  return success(`${publicOrigin(request)}/v1/${accountId}/${gatewayId}/${provider}`);
}

/** The own slug of a provider that an account has, built in or made by it; null for none. */
function providerSlug(
  model: SettingsModel,
  { accountId, name }: { readonly accountId: string; readonly name: string },
  { builtInSlug }: Pick<SettingsRoutesOptions, "builtInSlug">,
): string | null {
  const own = model.list(accountId, "custom-provider").find(({ value }) => `custom-${String(value["slug"])}` === name);
  return own === undefined ? builtInSlug(name) : name;
}
