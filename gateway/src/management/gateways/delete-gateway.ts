import type { z } from "zod";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { ObjectWrite } from "../../settings/settings-desk.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireGateway } from "../find-settings.ts";
import type { gatewayParams } from "../path-parameters.ts";
import { keysOfGateway } from "../provider-configs/remove-keys.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { auditedGateway, settingsOfGateway, showGateway } from "./show-gateway.ts";

/**
 * `DELETE …/gateways/{id}` (reference §14.1): answers the gateway as it was. Its provider keys, datasets and custom domains go with it;
 * its logs stay. The gateway `default` is there again at once, with the settings it had at first (reference §1.2).
 * @throws ManagementError 404 code 7002; 409 code 7001 for a gateway of the configuration file.
 */
export async function deleteGateway(
  { request, params }: Asked<typeof gatewayParams, z.ZodObject, z.ZodType>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId, gatewayId: id } = params;
  const deleted = await changeSettings(options, request, (model) => {
    const gateway = requireGateway(model, accountId, id);
    refuseFileManaged(gateway);
    return {
      writes: [{ remove: { accountId, kind: "gateway", id } }, ...withoutGateway(model, accountId, id)],
      audit: [
        auditDraft("ai_gateway.gateway", "deleted", {
          accountId,
          id,
          before: auditedGateway(settingsOfGateway(gateway)),
          after: null,
        }),
      ],
      result: gateway,
    };
  });
  return success(showGateway(deleted));
}

/** Takes away what belongs to a gateway alone. */
function withoutGateway(model: SettingsModel, accountId: string, gatewayId: string): ObjectWrite[] {
  const others = (["dataset", "custom-domain"] as const).flatMap((kind) =>
    model.list(accountId, kind).filter(({ value, source }) => value["gatewayId"] === gatewayId && source === "store"),
  );
  return [
    ...others.map(({ kind, id }) => ({ remove: { accountId, kind, id } })),
    ...keysOfGateway(model, accountId, gatewayId),
  ];
}
