import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { requireAccount, requireGateway } from "../find-settings.ts";
import { gatewaysPath } from "../gateways/gateway-routes.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { queryBoolean, queryInteger, queryWord } from "../parse-query.ts";
import { accountParams, gatewayParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { evaluationTypes, evaluationTypeSchema } from "./evaluation-types.ts";

const evaluationsPath = `${gatewaysPath}/:gatewayId/evaluations`;
const orderKeys = ["mandatory", "id", "name", "type", "enable", "created_at", "modified_at"] as const;

const evaluationSchema = z
  .looseObject({ id: z.string(), gateway_id: z.string(), name: z.string(), processed: z.boolean() })
  .meta({ id: "Evaluation" });

/** The read side of evaluations (reference §14.3, §14.5): their types, and a list that is empty as long as none can be made. */
export function evaluationRoutes({ desk }: SettingsRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/client/v4/accounts/:accountId/ai-gateway/evaluation-types",
      permission: "evaluations.read",
      summary: "List evaluation types",
      tag: "Evaluations",
      params: accountParams,
      query: pageQuery.extend({
        per_page: queryInteger({ min: 5, max: 50 }).default(20),
        order_by: queryWord(orderKeys).default("mandatory"),
        order_by_direction: queryWord(["asc", "desc"]).default("asc"),
      }),
      answer: { kind: "page", item: evaluationTypeSchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        const { order_by: key, order_by_direction: direction } = query;
        const sign = direction === "asc" ? 1 : -1;
        const ordered = evaluationTypes.toSorted((left, right) =>
          String(left[key]) < String(right[key]) ? -sign : String(left[key]) > String(right[key]) ? sign : 0,
        );
        return pageOf(ordered, query);
      },
    }),
    defineRoute({
      method: "GET",
      path: evaluationsPath,
      permission: "evaluations.read",
      summary: "List evaluations",
      description: "Empty: evaluations cannot be made in this version.",
      tag: "Evaluations",
      params: gatewayParams,
      query: pageQuery.extend({
        name: z.string().max(256).optional(),
        processed: queryBoolean.optional(),
        search: z.string().max(256).optional(),
      }),
      answer: { kind: "page", item: evaluationSchema },
      handle({ params: { accountId, gatewayId }, query }) {
        requireGateway(desk.current, accountId, gatewayId);
        return pageOf([], query);
      },
    }),
    defineRoute({
      method: "GET",
      path: `${evaluationsPath}/:evaluationId`,
      permission: "evaluations.read",
      summary: "Get an evaluation",
      tag: "Evaluations",
      params: gatewayParams.extend({ evaluationId: idParam("Id of an evaluation.") }),
      answer: { kind: "result", schema: evaluationSchema },
      handle({ params: { accountId, gatewayId } }) {
        requireGateway(desk.current, accountId, gatewayId);
        throw new ManagementError("notFound");
      },
    }),
  ];
}
