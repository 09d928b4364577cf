import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount, requireGateway } from "../find-settings.ts";
import { pageOf } from "../list-page.ts";
import { accountParams, gatewayParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { createGateway } from "./create-gateway.ts";
import { deleteGateway } from "./delete-gateway.ts";
import { getUrl } from "./get-url.ts";
import { createBody, gatewaySchema, gatewaysQuery, updateBody } from "./schemas.ts";
import { showGateway } from "./show-gateway.ts";
import { updateGateway } from "./update-gateway.ts";

/** Path of all gateways of an account. */
export const gatewaysPath = "/client/v4/accounts/:accountId/ai-gateway/gateways";

const gatewayPath = `${gatewaysPath}/:gatewayId`;
const urlParams = gatewayParams.extend({ provider: idParam("Slug of a provider, or compat.") });

/** Every route of gateways themselves (reference §14.1). */
export function gatewayRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      method: "GET",
      path: gatewaysPath,
      permission: "gateways.read",
      summary: "List gateways",
      tag: "Gateways",
      params: accountParams,
      query: gatewaysQuery,
      answer: { kind: "page", item: gatewaySchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        const part = query.search?.toLowerCase() ?? "";
        const found = desk.current.list(accountId, "gateway").filter(({ id }) => id.toLowerCase().includes(part));
        return pageOf(found.map(showGateway), query);
      },
    }),
    defineRoute({
      method: "POST",
      path: gatewaysPath,
      permission: "gateways.edit",
      summary: "Create a gateway",
      description: "What is left out has its default. Fields that are kept for features to come are named in messages.",
      tag: "Gateways",
      params: accountParams,
      body: createBody,
      answer: { kind: "result", schema: gatewaySchema },
      handle: (asked) => createGateway(asked, options),
    }),
    defineRoute({
      method: "GET",
      path: gatewayPath,
      permission: "gateways.read",
      summary: "Get a gateway",
      tag: "Gateways",
      params: gatewayParams,
      answer: { kind: "result", schema: gatewaySchema },
      handle: ({ params }) => success(showGateway(requireGateway(desk.current, params.accountId, params.gatewayId))),
    }),
    defineRoute({
      method: "PUT",
      path: gatewayPath,
      permission: "gateways.edit",
      summary: "Change a gateway",
      description:
        "Optional fields that are left out keep their values. A gateway of the configuration file is refused.",
      tag: "Gateways",
      params: gatewayParams,
      body: updateBody,
      answer: { kind: "result", schema: gatewaySchema },
      handle: (asked) => updateGateway(asked, options),
    }),
    defineRoute({
      method: "DELETE",
      path: gatewayPath,
      permission: "gateways.edit",
      summary: "Delete a gateway",
      description:
        "Its provider keys, datasets and custom domains go with it, its logs stay. The gateway default is there again at once.",
      tag: "Gateways",
      params: gatewayParams,
      answer: { kind: "result", schema: gatewaySchema },
      handle: (asked) => deleteGateway(asked, options),
    }),
    defineRoute({
      method: "GET",
      path: `${gatewayPath}/url/:provider`,
      permission: "gateways.read",
      summary: "Get the URL of a provider at a gateway",
      tag: "Gateways",
      params: urlParams,
      answer: { kind: "result", schema: z.string() },
      handle: (asked) => getUrl(asked, options),
    }),
  ];
}
