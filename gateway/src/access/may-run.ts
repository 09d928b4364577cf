import type { AccessToken } from "./access-token.ts";
import { isWithin } from "./address-ranges.ts";
import { matchesModel } from "./model-pattern.ts";
import { grantedByGroups } from "./permission-groups.ts";

/** Why a token does not count, for its holder. */
export type TokenFault = "disabled" | "not_valid_yet" | "expired" | "other_address";

/** Why a token may not run a gateway. */
export type RunFault = TokenFault | "other_account" | "no_run_permission" | "other_gateway";

/** What whoever holds a token is told of it; nobody else learns anything of it. */
export const faultTexts: Readonly<Record<RunFault, string>> = {
  disabled: "the token is disabled",
  not_valid_yet: "the token is not valid yet",
  expired: "the token has expired",
  other_address: "the token may not be used from this address",
  other_account: "the token belongs to another account",
  no_run_permission: "the token lacks the permission group AI Gateway Run, or Workers AI Read on the REST address",
  other_gateway: "the token is bound to other gateways",
};

/** Who asks, when and from where. */
export interface TokenUse {
  /** Address the request came from. */
  readonly address: string;
  readonly nowMs: number;
}

/** Why a token counts nowhere now; null when it does. */
export function tokenFault(token: AccessToken, { address, nowMs }: TokenUse): TokenFault | null {
  if (token.status !== "active") return "disabled";
  if (token.notBeforeMs !== null && nowMs < token.notBeforeMs) return "not_valid_yet";
  if (token.expiresAtMs !== null && nowMs >= token.expiresAtMs) return "expired";
  return token.ipRanges === null || isWithin(token.ipRanges, address) ? null : "other_address";
}

/**
 * Why a token may not send a request through a gateway; null when it may. It needs the group `AI Gateway Run` (reference §9.1) in
 * that account, on the REST address `Workers AI Read` (§1.8) will do, and what it is bound to has to hold. Models are asked for apart,
 * by `mayUseModel`.
 */
export function runFault(
  token: AccessToken,
  use: TokenUse & { readonly accountId: string; readonly gatewayId: string; readonly isRest: boolean },
): RunFault | null {
  const fault = tokenFault(token, use);
  if (fault !== null) return fault;
  if (token.accountId !== "*" && token.accountId !== use.accountId) return "other_account";
  const granted = grantedByGroups(token.groups);
  if (!granted.has("gateways.run") && !(use.isRest && granted.has("models.run"))) return "no_run_permission";
  return token.gatewayIds === null || token.gatewayIds.includes(use.gatewayId) ? null : "other_gateway";
}

/** Whether a token may use a model. One that is bound to models may not use what names none that can be read (`name` null). */
export function mayUseModel(
  token: Pick<AccessToken, "models">,
  model: { readonly provider: string; readonly name: string | null },
): boolean {
  const { provider, name } = model;
  if (token.models === null) return true;
  return name !== null && token.models.some((pattern) => matchesModel(pattern, { provider, name }));
}
