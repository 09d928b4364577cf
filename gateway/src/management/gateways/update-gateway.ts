import type { z } from "zod";
import type { GatewaySettings, JsonObject } from "../../core/gateway-settings.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireGateway } from "../find-settings.ts";
import { invalid } from "../management-error.ts";
import type { gatewayParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { checkGateway } from "./check-gateway.ts";
import { givenSettings } from "./create-gateway.ts";
import type { updateBody } from "./schemas.ts";
import { auditedGateway, noticesOf, settingsOfGateway, showGateway } from "./show-gateway.ts";

/**
 * `PUT …/gateways/{id}` (reference §14.1): what is left out and may be keeps its value. Changing the gateway that is there by itself
 * makes it one of the account's own.
 * @throws ManagementError 404 code 7002; 409 code 7001 for a gateway of the configuration file; and as `checkGateway` does.
 */
export async function updateGateway(
  { request, params, body }: Asked<typeof gatewayParams, z.ZodObject, typeof updateBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId, gatewayId: id } = params;
  if (body.id !== undefined && body.id !== id) throw invalid("A gateway keeps its id", ["body", "id"]);
  const given = givenSettings(body);
  const current = settingsOfGateway(requireGateway(options.desk.current, accountId, id));
  checkGateway(request, { given, current }, options);
  const settings = await changeSettings(options, request, (model) => {
    const gateway = requireGateway(model, accountId, id);
    refuseFileManaged(gateway);
    const before = settingsOfGateway(gateway);
    const after: GatewaySettings = { ...before, ...given };
    return {
      writes: [{ put: { accountId, kind: "gateway", id, value: after as unknown as JsonObject } }],
      audit: [
        auditDraft("ai_gateway.gateway", "updated", {
          accountId,
          id,
          before: auditedGateway(before),
          after: auditedGateway(after),
        }),
      ],
      result: after,
    };
  });
  const shown = showGateway(requireGateway(options.desk.current, accountId, id));
  return success(shown, undefined, noticesOf(settings));
}
