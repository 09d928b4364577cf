import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireGateway } from "../find-settings.ts";
import { gatewaysPath } from "../gateways/gateway-routes.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { gatewayParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { changeKey } from "./change-key.ts";
import { createKey } from "./create-key.ts";
import { keysAt, requireKey, showKey } from "./provider-key.ts";
import { withoutKeys } from "./remove-keys.ts";
import { configBody, configChange, configSchema } from "./schemas.ts";

const keysPath = `${gatewaysPath}/:gatewayId/provider_configs`;
const all = { path: keysPath, tag: "Provider keys", params: gatewayParams } as const;
const one = {
  path: `${keysPath}/:configId`,
  tag: "Provider keys",
  params: gatewayParams.extend({ configId: idParam("Id of a provider key.") }),
  answer: { kind: "result", schema: configSchema },
} as const;

/** Every route of stored provider keys (reference §14.8). */
export function keyRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...all,
      method: "GET",
      permission: "keys.read",
      summary: "List provider keys",
      query: pageQuery,
      answer: { kind: "page", item: configSchema },
      handle({ params: { accountId, gatewayId }, query }) {
        requireGateway(desk.current, accountId, gatewayId);
        return pageOf(keysAt(desk.current, accountId, gatewayId).map(showKey), query);
      },
    }),
    defineRoute({
      ...all,
      method: "POST",
      permission: "keys.edit",
      summary: "Create a provider key",
      description: "It is sealed at once and never answered. Several keys with one alias form a pool.",
      body: configBody,
      answer: one.answer,
      handle: (asked) => createKey(asked, options),
    }),
    defineRoute({
      ...one,
      method: "PUT",
      permission: "keys.edit",
      summary: "Change a provider key",
      description: "What is left out stays. A secret that several keys use changes for all of them.",
      body: configChange,
      handle: (asked) => changeKey(asked, options),
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: "keys.edit",
      summary: "Delete a provider key",
      description: "A secret that was made for it alone goes with it.",
      async handle({ request, params }) {
        const deleted = await changeSettings(options, request, (model) => {
          const key = requireKey(model, params);
          refuseFileManaged(key);
          const { accountId, id, value } = key;
          const audit = [
            auditDraft("ai_gateway.provider_config", "deleted", { accountId, id, before: value, after: null }),
          ];
          return { writes: withoutKeys([key]), audit, result: key };
        });
        return success(showKey(deleted));
      },
    }),
  ];
}
