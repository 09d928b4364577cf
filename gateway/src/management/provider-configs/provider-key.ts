import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { ObjectWrite } from "../../settings/settings-desk.ts";
import { USUAL_PERIOD_SECONDS } from "../../settings/stored-keys.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { managedBy, requireGateway, requireObject, shownTimes } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";

/** The provider keys of a gateway, in the order they were made. */
export function keysAt(model: SettingsModel, accountId: string, gatewayId: string): SettingsObject[] {
  return model.list(accountId, "provider-config").filter(({ value }) => value["gatewayId"] === gatewayId);
}

/** @throws ManagementError 404 code 7002 when this gateway has no such key. */
export function requireKey(
  model: SettingsModel,
  { accountId, gatewayId, configId }: Readonly<Record<"accountId" | "gatewayId" | "configId", string>>,
): SettingsObject {
  requireGateway(model, accountId, gatewayId);
  const key = requireObject(model, { accountId, kind: "provider-config", id: configId });
  if (key.value["gatewayId"] !== gatewayId) throw new ManagementError("notFound");
  return key;
}

/** A provider key as the API shows it (reference §14.8): never the key. */
export function showKey(key: SettingsObject): JsonObject {
  const { alias, isDefault, gatewayId, providerSlug, secretId, preview, weight, rateLimit, rateLimitPeriod } =
    key.value;
  return {
    id: key.id,
    alias,
    default_config: isDefault,
    gateway_id: gatewayId,
    provider_slug: providerSlug,
    secret_id: secretId ?? "",
    secret_preview: preview ?? "",
    weight: weight ?? 1,
    ...(typeof rateLimit === "number" ? { rate_limit: rateLimit } : {}),
    rate_limit_period: rateLimitPeriod ?? USUAL_PERIOD_SECONDS,
    ...shownTimes(key),
    ...managedBy(key),
  };
}

/** Takes the place of the default from keys of other aliases, as only one alias of a provider has it. */
export function withoutOtherDefaults(
  model: SettingsModel,
  {
    accountId,
    gatewayId,
    providerSlug,
    alias,
  }: Readonly<Record<"accountId" | "gatewayId" | "providerSlug" | "alias", string>>,
): ObjectWrite[] {
  return keysAt(model, accountId, gatewayId)
    .filter(({ value, source }) => source === "store" && value["providerSlug"] === providerSlug)
    .filter(({ value }) => value["isDefault"] === true && value["alias"] !== alias)
    .map(({ kind, id, value }) => ({ put: { accountId, kind, id, value: { ...value, isDefault: false } } }));
}
