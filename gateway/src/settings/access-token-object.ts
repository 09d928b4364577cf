import type { AccessToken } from "../access/access-token.ts";
import type { SettingsObject } from "../core/settings-object.ts";

/** A token as it is kept in the settings, besides what checks need of it. */
export interface TokenValue extends Omit<AccessToken, "id" | "accountId"> {
  readonly name: string;
  /** Beginning of its text, to tell it from others. */
  readonly prefix: string;
  readonly lastFour: string;
  /** Who made it; null for nobody in particular. */
  readonly userId: string | null;
}

/** An object of kind `token` as requests are checked against it; one of the whole installation counts in every account. */
export function accessTokenOf({ accountId, id, value }: SettingsObject): AccessToken {
  const { hash, groups, gatewayIds, models, ipRanges, notBeforeMs, expiresAtMs, budgetId, status } =
    value as unknown as TokenValue;
  return {
    id,
    accountId: accountId === "" ? "*" : accountId,
    hash,
    groups,
    gatewayIds,
    models,
    ipRanges,
    notBeforeMs,
    expiresAtMs,
    budgetId,
    status,
  };
}
