import { findPermissionGroup, permissionGroupId } from "../../access/permission-groups.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { TokenValue } from "../../settings/access-token-object.ts";
import type { TokenHome } from "./token-home.ts";

/** A token as the API shows it (reference §14.11): never its text or its hash. */
export function showToken(object: SettingsObject, home: TokenHome, nowMs: number): Record<string, unknown> {
  const token = tokenValue(object);
  const { ipRanges, notBeforeMs, expiresAtMs } = token;
  return {
    id: object.id,
    name: token.name,
    status: expiresAtMs !== null && nowMs >= expiresAtMs ? "expired" : token.status,
    issued_on: timeText(object.createdAtMs),
    modified_on: timeText(object.modifiedAtMs),
    ...(notBeforeMs === null ? {} : { not_before: timeText(notBeforeMs) }),
    ...(expiresAtMs === null ? {} : { expires_on: timeText(expiresAtMs) }),
    policies: [
      {
        id: object.id,
        effect: "allow",
        permission_groups: token.groups.flatMap(shownGroup),
        resources: { [home.resource]: "*" },
      },
    ],
    ...(ipRanges === null ? {} : { condition: { request_ip: shownRanges(ipRanges) } }),
    gateway_ids: token.gatewayIds,
    models: token.models,
    budget: token.budgetId,
    prefix: token.prefix,
    last_four: token.lastFour,
  };
}

/** What is kept of a token, under the names it is kept by. */
export function tokenValue({ value }: Pick<SettingsObject, "value">): TokenValue {
  return value as unknown as TokenValue;
}

/** A token in the audit log, without its hash. */
export function auditedToken(token: TokenValue): JsonObject {
  const { hash: _, ...shown } = token;
  return shown as unknown as JsonObject;
}

function shownGroup(name: string): { readonly id: string; readonly name: string }[] {
  const group = findPermissionGroup(name);
  return group === undefined ? [] : [{ id: permissionGroupId(group), name }];
}

function shownRanges(ranges: NonNullable<TokenValue["ipRanges"]>): object {
  return {
    ...(ranges.in.length === 0 ? {} : { in: ranges.in }),
    ...(ranges.notIn.length === 0 ? {} : { not_in: ranges.notIn }),
  };
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
