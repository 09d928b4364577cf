import { defaultGatewaySettings, type GatewaySettings, type JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { Notice } from "../envelope.ts";
import { managedBy, shownTimes } from "../find-settings.ts";

/** Id of the gateway that every account has. */
const defaultGatewayId = "default";

/** The settings of a gateway object; what an older version did not keep has its default. */
export function settingsOfGateway({ value }: SettingsObject): GatewaySettings {
  return { ...defaultGatewaySettings, ...value };
}

/** A gateway as the API shows it (reference §14.1). */
export function showGateway(gateway: SettingsObject): JsonObject {
  return {
    id: gateway.id,
    ...settingsOfGateway(gateway),
    is_default: gateway.id === defaultGatewayId,
    ...shownTimes(gateway),
    ...managedBy(gateway),
  };
}

/** Fields that are kept for the features to come, and whether a gateway makes use of them. */
const withoutEffect: readonly (readonly [string, (settings: GatewaySettings) => boolean])[] = [
  ["workers_ai_billing_mode", ({ workers_ai_billing_mode: mode }) => mode === "unified"],
  ["zdr", ({ zdr }) => zdr],
  ["log_classification", ({ log_classification: isOn }) => isOn],
  ["dlp", ({ dlp }) => dlp?.["enabled"] === true],
  ["guardrails", ({ guardrails }) => guardrails !== null],
];

/** Names what a gateway asks for in vain. */
export function noticesOf(settings: GatewaySettings): Notice[] {
  return withoutEffect
    .filter(([, isUsed]) => isUsed(settings))
    .map(([field]) => ({
      code: 9100,
      message: `${field} is kept and has no effect in this version`,
      path: ["body", field],
    }));
}

/** What the audit log may tell of a gateway: what is sent to collectors and to billing may hold credentials. */
export function auditedGateway(settings: GatewaySettings): JsonObject {
  const { otel, stripe } = settings;
  return {
    ...settings,
    otel:
      otel?.map(({ headers, authorization, ...rest }) => ({
        ...rest,
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN])),
        ...(authorization === undefined ? {} : { authorization: HIDDEN }),
      })) ?? null,
    stripe: stripe === null ? null : { ...stripe, authorization: HIDDEN },
  };
}

const HIDDEN = "[hidden]";
