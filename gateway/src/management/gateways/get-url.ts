import type { z } from "zod";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { providerSlug } from "../find-provider.ts";
import { requireGateway } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { gatewayParams } from "../path-parameters.ts";
import { publicOrigin } from "../public-origin.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

type UrlParams = z.ZodObject<(typeof gatewayParams)["shape"] & { readonly provider: z.ZodString }>;

/**
 * `GET …/gateways/{id}/url/{provider}` (reference §14.1): where a client's base URL points, at the host that was asked. For
 * `universal`, which bindings ask for (§1.10), it is the gateway's own, with a slash at the end.
 * @throws ManagementError 404 code 7002 for an unknown gateway or provider.
 */
export function getUrl(
  { request, params }: Asked<UrlParams, z.ZodObject, z.ZodType>,
  options: SettingsRoutesOptions,
): Response {
  const { accountId, gatewayId, provider } = params;
  const model = options.desk.current;
  requireGateway(model, accountId, gatewayId);
  const gatewayUrl = `${publicOrigin(request)}/v1/${accountId}/${gatewayId}/`;
  if (provider === "universal") return success(gatewayUrl);
  if (provider !== "compat" && providerSlug(model, { accountId, name: provider }, options) === null) {
    throw new ManagementError("notFound", [{ message: "There is no such provider", path: ["path", "provider"] }]);
  }
  return success(gatewayUrl + provider);
}
