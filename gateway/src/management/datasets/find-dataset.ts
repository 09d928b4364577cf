import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { managedBy, requireGateway, requireObject, shownTimes } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";

/** The datasets of a gateway, in the order they were made. */
export function datasetsOf(model: SettingsModel, accountId: string, gatewayId: string): SettingsObject[] {
  return model.list(accountId, "dataset").filter(({ value }) => value["gatewayId"] === gatewayId);
}

/** @throws ManagementError 404 code 7002 when this gateway has no such dataset. */
export function requireDataset(
  model: SettingsModel,
  { accountId, gatewayId, datasetId }: Readonly<Record<"accountId" | "gatewayId" | "datasetId", string>>,
): SettingsObject {
  requireGateway(model, accountId, gatewayId);
  const dataset = requireObject(model, { accountId, kind: "dataset", id: datasetId });
  if (dataset.value["gatewayId"] !== gatewayId) throw new ManagementError("notFound");
  return dataset;
}

/** A dataset as the API shows it (reference §14.4). */
export function showDataset(dataset: SettingsObject): JsonObject {
  const { gatewayId, ...value } = dataset.value;
  return { id: dataset.id, gateway_id: gatewayId, ...value, ...shownTimes(dataset), ...managedBy(dataset) };
}
