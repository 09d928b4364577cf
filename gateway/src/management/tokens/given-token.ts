import type { z } from "zod";
import { mayGrant, type Caller } from "../../access/caller.ts";
import { grantedByGroups } from "../../access/permission-groups.ts";
import type { TokenValue } from "../../settings/access-token-object.ts";
import { hasBudget } from "../../settings/bound-budgets.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { quoted } from "../parse-query.ts";
import type { createTokenBody } from "./schemas.ts";
import type { TokenHome } from "./token-home.ts";

/** What clients say of a token. */
type GivenToken = Pick<
  TokenValue,
  "name" | "groups" | "gatewayIds" | "models" | "ipRanges" | "notBeforeMs" | "expiresAtMs" | "budgetId"
>;

type TokenBody = z.output<typeof createTokenBody>;

/**
 * What a body makes of a token.
 * @param before what the token was; optional members that the body leaves out keep these values. Null for a new one.
 * @throws ManagementError 400 code 7001 for resources of another account and for a time to expire that has passed.
 */
export function givenToken(
  body: TokenBody,
  { before, home, nowMs }: { before: TokenValue | null; home: TokenHome; nowMs: number },
): GivenToken {
  for (const [index, { resources = {} }] of body.policies.entries()) {
    const foreign = Object.keys(resources).find((name) => name !== home.resource);
    if (foreign === undefined) continue;
    throw invalid(`Expected ${home.resource} alone`, ["body", "policies", index, "resources", foreign]);
  }
  const expiresAtMs = body.expires_on === undefined ? (before?.expiresAtMs ?? null) : body.expires_on;
  if (expiresAtMs !== null && expiresAtMs <= nowMs && expiresAtMs !== before?.expiresAtMs) {
    throw invalid("Expected a time to come", ["body", "expires_on"]);
  }
  const groups = body.policies.flatMap((policy) => policy.permission_groups.map(({ id }) => id));
  return {
    name: body.name,
    groups: [...new Set(groups)],
    gatewayIds: body.gateway_ids === undefined ? (before?.gatewayIds ?? null) : body.gateway_ids,
    models: body.models === undefined ? (before?.models ?? null) : body.models,
    ipRanges: body.condition === undefined ? (before?.ipRanges ?? null) : rangesOf(body.condition),
    notBeforeMs: body.not_before === undefined ? (before?.notBeforeMs ?? null) : body.not_before,
    expiresAtMs,
    budgetId: body.budget === undefined ? (before?.budgetId ?? null) : body.budget,
  };
}

/**
 * Lets no token name a budget that there is not, which would hold it to nothing.
 * @throws ManagementError 400 code 7001 with path `["body", "budget"]`.
 */
export function refuseUnknownBudget(model: SettingsModel, { accountId }: TokenHome, budgetId: string | null): void {
  if (budgetId === null || hasBudget(model, accountId, budgetId)) return;
  const where = accountId === "" ? "any account" : `account ${accountId}`;
  throw invalid(`There is no budget ${quoted(budgetId)} in ${where}`, ["body", "budget"]);
}

/**
 * Lets nobody make, change, roll or revoke a token that may do more than they.
 * @throws ManagementError 403 code 10000.
 */
export function refuseMightier(caller: Caller, groups: readonly string[], { grantedIn }: TokenHome): void {
  if (mayGrant(caller, grantedByGroups(groups), grantedIn)) return;
  throw new ManagementError("forbidden", [{ message: "Authentication error: the token may do more than you" }]);
}

/**
 * Lets nobody make a token last longer than they do themselves.
 * @throws ManagementError 400 code 7001.
 */
export function refuseLonger({ expiresAtMs: ownMs = null }: Caller, expiresAtMs: number | null): void {
  if (ownMs === null || (expiresAtMs !== null && expiresAtMs <= ownMs)) return;
  throw invalid(`Expected ${new Date(ownMs).toISOString()} at the latest, when your own token expires`, [
    "body",
    "expires_on",
  ]);
}

function rangesOf(condition: TokenBody["condition"]): TokenValue["ipRanges"] {
  const { in: inside = [], not_in: notIn = [] } = condition?.request_ip ?? {};
  return inside.length === 0 && notIn.length === 0 ? null : { in: inside, notIn };
}
