import type { z } from "zod";
import { newTokenText, shownParts } from "../../access/token-text.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { TokenValue } from "../../settings/access-token-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { success } from "../envelope.ts";
import { requireObject } from "../find-settings.ts";
import type { ManagementRequest } from "../route.ts";
import { givenToken, refuseLonger, refuseMightier, refuseUnknownBudget } from "./given-token.ts";
import type { updateTokenBody } from "./schemas.ts";
import { auditedToken, showToken, tokenValue } from "./show-token.ts";
import { type TokenHome, tokenKey } from "./token-home.ts";
import type { TokenRoutesOptions } from "./token-routes-options.ts";

/** Which token, where. */
export interface TokenAsked {
  readonly request: ManagementRequest;
  readonly tokenId: string;
  readonly home: TokenHome;
}

/**
 * `PUT …/tokens/{id}`: what is left out and may be keeps its value.
 * @throws ManagementError 404 code 7002, 403 code 10000 when it may or would do more than the caller, 400 code 7001 as `givenToken` does.
 */
export async function updateToken(
  asked: TokenAsked,
  body: z.output<typeof updateTokenBody>,
  options: TokenRoutesOptions,
): Promise<Response> {
  const { request, tokenId, home } = asked;
  await changeToken(asked, options, (before, model) => {
    const given = givenToken(body, { before, home, nowMs: options.clock.nowMs() });
    refuseMightier(request.caller, given.groups, home);
    if (given.budgetId !== before.budgetId) refuseUnknownBudget(model, home, given.budgetId);
    if (given.expiresAtMs !== before.expiresAtMs) refuseLonger(request.caller, given.expiresAtMs);
    return { ...before, ...given, status: body.status ?? before.status };
  });
  const updated = requireObject(options.desk.current, tokenKey(home, tokenId));
  return success(showToken(updated, home, options.clock.nowMs()));
}

/**
 * `PUT …/tokens/{id}/value`: gives the token another text, which is the answer; the old one counts no more.
 * @throws ManagementError 404 code 7002, 403 code 10000 for a token that may do more than the caller.
 */
export async function rollToken(asked: TokenAsked, options: TokenRoutesOptions): Promise<Response> {
  const text = newTokenText(options.randomBytes);
  await changeToken(asked, options, (before) => ({ ...before, hash: options.hashToken(text), ...shownParts(text) }));
  return success(text);
}

/**
 * `DELETE …/tokens/{id}`: counts no more at once.
 * @throws ManagementError 404 code 7002, 403 code 10000 for a token that may do more than the caller.
 */
export async function deleteToken(
  { request, tokenId, home }: TokenAsked,
  options: TokenRoutesOptions,
): Promise<Response> {
  const key = tokenKey(home, tokenId);
  await changeSettings(options, request, (model) => {
    const before = tokenValue(requireObject(model, key));
    refuseMightier(request.caller, before.groups, home);
    return {
      writes: [{ remove: key }],
      audit: [auditDraft("api_token", "deleted", { ...key, before: auditedToken(before), after: null })],
      result: null,
    };
  });
  return success({ id: tokenId });
}

async function changeToken(
  { request, tokenId, home }: TokenAsked,
  options: TokenRoutesOptions,
  change: (before: TokenValue, model: SettingsModel) => TokenValue,
): Promise<void> {
  const key = tokenKey(home, tokenId);
  await changeSettings(options, request, (model) => {
    const object: SettingsObject = requireObject(model, key);
    const before = tokenValue(object);
    refuseMightier(request.caller, before.groups, home);
    const after = change(before, model);
    return {
      writes: [{ put: { ...key, value: after as unknown as JsonObject } }],
      audit: [auditDraft("api_token", "updated", { ...key, before: auditedToken(before), after: auditedToken(after) })],
      result: null,
    };
  });
}
