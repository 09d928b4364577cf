import type { z } from "zod";
import { defaultGatewaySettings, type GatewaySettings, type JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount, requireObject } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { accountParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { checkGateway } from "./check-gateway.ts";
import { ignoredFields } from "./gateway-fields.ts";
import type { createBody } from "./schemas.ts";
import { auditedGateway, noticesOf, showGateway } from "./show-gateway.ts";

/** Most gateways of an account: every worker holds all of them. */
const MOST_GATEWAYS = 1000;

/**
 * `POST …/gateways` (reference §14.1): what is left out has its default.
 * @throws ManagementError 409 code 7001 with path `["body", "id"]` when there is one of that id; 404 code 7002 for an unknown account;
 * and as `checkGateway` does.
 */
export async function createGateway(
  { request, params: { accountId }, body }: Asked<typeof accountParams, z.ZodObject, typeof createBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { id } = body;
  requireAccount(options.desk.current, accountId);
  checkGateway(request, { given: givenSettings(body), current: null }, options);
  const settings: GatewaySettings = { ...defaultGatewaySettings, ...givenSettings(body) };
  await changeSettings(options, request, (model) => {
    requireAccount(model, accountId);
    refuseAnother(model, accountId, id);
    const key = { accountId, kind: "gateway", id } as const;
    return {
      writes: [{ put: { ...key, value: settings as unknown as JsonObject } }],
      audit: [
        auditDraft("ai_gateway.gateway", "created", { accountId, id, before: null, after: auditedGateway(settings) }),
      ],
      result: null,
    };
  });
  const created = requireObject(options.desk.current, { accountId, kind: "gateway", id });
  return success(showGateway(created), undefined, noticesOf(settings));
}

function refuseAnother(model: SettingsModel, accountId: string, id: string): void {
  const known = model.get(accountId, "gateway", id);
  // One that is there by itself may be made once, which is how it gets settings of its own.
  if (known !== undefined && known.source !== "implied") {
    throw new ManagementError("conflict", [{ message: "A gateway with this id already exists", path: ["body", "id"] }]);
  }
  if (model.list(accountId, "gateway").length >= MOST_GATEWAYS) {
    throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_GATEWAYS} gateways` }]);
  }
}

/** The settings in a body, without its id and what is ignored. */
export function givenSettings(body: Readonly<Record<string, unknown>>): Partial<GatewaySettings> {
  const isSetting = (name: string): boolean => name !== "id" && !Object.hasOwn(ignoredFields.shape, name);
  return Object.fromEntries(Object.entries(body).filter(([name]) => isSetting(name))) as Partial<GatewaySettings>;
}
