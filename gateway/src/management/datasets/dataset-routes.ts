import { newId } from "../../core/ids.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireGateway } from "../find-settings.ts";
import { gatewaysPath } from "../gateways/gateway-routes.ts";
import { pageOf } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { gatewayParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { datasetsOf, requireDataset, showDataset } from "./find-dataset.ts";
import { datasetBody, datasetSchema, datasetsQuery } from "./schemas.ts";

/** Most datasets of a gateway (reference §19). */
const MOST_DATASETS = 10;

const datasetsPath = `${gatewaysPath}/:gatewayId/datasets`;
const datasetParams = gatewayParams.extend({ datasetId: idParam("Id of a dataset.") });
const oneDataset = {
  path: `${datasetsPath}/:datasetId`,
  tag: "Datasets",
  params: datasetParams,
  answer: { kind: "result", schema: datasetSchema },
} as const;

/** Every route of datasets (reference §14.4). */
export function datasetRoutes(options: SettingsRoutesOptions): Route[] {
  return [
    ...listAndCreate(options),
    defineRoute({
      ...oneDataset,
      method: "GET",
      permission: "datasets.read",
      summary: "Get a dataset",
      handle: ({ params }) => success(showDataset(requireDataset(options.desk.current, params))),
    }),
    defineRoute({
      ...oneDataset,
      method: "PUT",
      permission: "datasets.edit",
      summary: "Change a dataset",
      body: datasetBody,
      async handle({ request, params, body }) {
        await changeSettings(options, request, (model) => {
          const dataset = requireDataset(model, params);
          refuseFileManaged(dataset);
          const { accountId, kind, id } = dataset;
          const value = { ...dataset.value, ...body };
          const audit = [
            auditDraft("ai_gateway.dataset", "updated", { accountId, id, before: dataset.value, after: value }),
          ];
          return { writes: [{ put: { accountId, kind, id, value } }], audit, result: null };
        });
        return success(showDataset(requireDataset(options.desk.current, params)));
      },
    }),
    defineRoute({
      ...oneDataset,
      method: "DELETE",
      permission: "datasets.edit",
      summary: "Delete a dataset",
      async handle({ request, params }) {
        const deleted = await changeSettings(options, request, (model) => {
          const dataset = requireDataset(model, params);
          refuseFileManaged(dataset);
          const { accountId, kind, id } = dataset;
          const audit = [
            auditDraft("ai_gateway.dataset", "deleted", { accountId, id, before: dataset.value, after: null }),
          ];
          return { writes: [{ remove: { accountId, kind, id } }], audit, result: dataset };
        });
        return success(showDataset(deleted));
      },
    }),
  ];
}

function listAndCreate(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      method: "GET",
      path: datasetsPath,
      permission: "datasets.read",
      summary: "List datasets",
      tag: "Datasets",
      params: gatewayParams,
      query: datasetsQuery,
      answer: { kind: "page", item: datasetSchema },
      handle({ params: { accountId, gatewayId }, query }) {
        requireGateway(desk.current, accountId, gatewayId);
        const { name, enable, search } = query;
        const found = datasetsOf(desk.current, accountId, gatewayId)
          .map(showDataset)
          .filter((dataset) => name === undefined || dataset["name"] === name)
          .filter((dataset) => enable === undefined || dataset["enable"] === enable)
          .filter((dataset) =>
            String(dataset["name"])
              .toLowerCase()
              .includes(search?.toLowerCase() ?? ""),
          );
        return pageOf(found, query);
      },
    }),
    defineRoute({
      method: "POST",
      path: datasetsPath,
      permission: "datasets.edit",
      summary: "Create a dataset",
      description: `A gateway has at most ${MOST_DATASETS}.`,
      tag: "Datasets",
      params: gatewayParams,
      body: datasetBody,
      answer: { kind: "result", schema: datasetSchema },
      async handle({ request, params: { accountId, gatewayId }, body }) {
        const datasetId = newId();
        await changeSettings(options, request, (model) => {
          requireGateway(model, accountId, gatewayId);
          if (datasetsOf(model, accountId, gatewayId).length >= MOST_DATASETS) {
            throw new ManagementError("invalid", [{ message: `A gateway has at most ${MOST_DATASETS} datasets` }]);
          }
          const value = { gatewayId, ...body };
          const audit = [
            auditDraft("ai_gateway.dataset", "created", { accountId, id: datasetId, before: null, after: value }),
          ];
          const put = { accountId, kind: "dataset", id: datasetId, value } as const;
          return { writes: [{ put }], audit, result: null };
        });
        return success(showDataset(requireDataset(desk.current, { accountId, gatewayId, datasetId })));
      },
    }),
  ];
}
