import type { z } from "zod";
import { newTokenText, shownParts } from "../../access/token-text.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { newId } from "../../core/ids.ts";
import type { TokenValue } from "../../settings/access-token-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { success } from "../envelope.ts";
import { requireAccount, requireObject } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { givenToken, refuseLonger, refuseMightier, refuseUnknownBudget } from "./given-token.ts";
import type { createTokenBody } from "./schemas.ts";
import { auditedToken, showToken } from "./show-token.ts";
import { type TokenHome, tokenKey } from "./token-home.ts";
import type { TokenRoutesOptions } from "./token-routes-options.ts";

/** Most tokens in one place: every worker holds all of them. */
const MOST_TOKENS = 10_000;

/**
 * `POST …/tokens`: answers the token with its text, this once.
 * @throws ManagementError 404 code 7002 for an unknown account, 403 code 10000 for a token that may do more than the caller, 400 code
 *   7001 as `givenToken` does.
 */
export async function createToken(
  asked: { readonly request: ManagementRequest; readonly body: z.output<typeof createTokenBody> },
  home: TokenHome,
  options: TokenRoutesOptions,
): Promise<Response> {
  const { request, body } = asked;
  const { caller } = request;
  const text = newTokenText(options.randomBytes);
  const given = givenToken(body, { before: null, home, nowMs: options.clock.nowMs() });
  refuseMightier(caller, given.groups, home);
  refuseLonger(caller, given.expiresAtMs);
  const token: TokenValue = {
    ...given,
    hash: options.hashToken(text),
    ...shownParts(text),
    status: "active",
    userId: caller.type === "user" ? caller.id : null,
  };
  const key = tokenKey(home, newId().replaceAll("-", ""));
  await changeSettings(options, request, (model) => {
    if (home.accountId !== "") requireAccount(model, home.accountId);
    refuseUnknownBudget(model, home, given.budgetId);
    if (model.list(home.accountId, "token").length >= MOST_TOKENS) {
      throw new ManagementError("invalid", [{ message: `There are at most ${MOST_TOKENS} tokens` }]);
    }
    const { accountId, id } = key;
    return {
      writes: [{ put: { ...key, value: token as unknown as JsonObject } }],
      audit: [auditDraft("api_token", "created", { accountId, id, before: null, after: auditedToken(token) })],
      result: null,
    };
  });
  const created = requireObject(options.desk.current, key);
  return success({ ...showToken(created, home, options.clock.nowMs()), value: text });
}
