import type { AccessToken } from "../../access/access-token.ts";
import { allGrants, type Caller, grantsOfToken } from "../../access/caller.ts";
import { faultTexts, tokenFault } from "../../access/may-run.ts";
import { isSameText } from "../../access/same-text.ts";
import type { Clock } from "../../core/clock.ts";
import { localRequestField } from "../../core/local-request-field.ts";
import { callerOfUser, refuseForgery, type SignedIn } from "../session/caller-of-session.ts";
import { addressOf } from "./address-of.ts";
import { ManagementError } from "../management-error.ts";

/** What tells callers apart. */
export interface IdentifyOptions {
  /** The API token that a text is; null for none. */
  readonly findToken: (text: string) => AccessToken | null;
  /** `HEADGATE_ADMIN_TOKEN`: its holder may do everything everywhere; null when it is not set. */
  readonly adminToken: string | null;
  /** Known to whoever may read the data directory; counts on this machine alone. */
  readonly localToken: string;
  /** The person whose session a request carries; null for none. */
  readonly signedIn: (headers: Headers) => Promise<SignedIn | null>;
  readonly clock: Pick<Clock, "nowMs">;
}

/**
 * Says who a request is from (reference §9.2): `authorization: Bearer {token}`, or `x-auth-email` with the token as `x-auth-key`, or
 * the cookie of a session. Every text is compared in the same time wherever it differs.
 * @returns a function that throws a ManagementError 401 code 10000 without a credential, and for one that does not count (any more); 403
 *   for a change with a session's cookie alone.
 */
export function callerIdentifier(options: IdentifyOptions): (request: Request) => Promise<Caller> {
  return async (request) => {
    const { headers } = request;
    const text = presentedToken(headers);
    const ip = addressOf(headers);
    if (text === null) return sessionCaller(request, ip, options);
    const token = options.findToken(text);
    if (token !== null) return tokenCaller(token, ip, options.clock);
    if (options.adminToken !== null && isSameText(text, options.adminToken))
      return { type: "token", id: "admin", email: null, ip, grants: allGrants, gatewayIds: null };
    const isLocal = headers.get(localRequestField) === "true";
    if (isLocal && isSameText(text, options.localToken))
      return { type: "local", id: "this machine", email: null, ip, grants: allGrants, gatewayIds: null };
    throw unauthenticated("Authentication error: there is no such token");
  };
}

function presentedToken(headers: Headers): string | null {
  const bearer = /^bearer +(\S.*)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trimEnd();
  if (bearer !== undefined) return bearer;
  // The name of whoever the key belongs to says nothing that the key does not.
  return headers.has("x-auth-email") ? headers.get("x-auth-key") : null;
}

async function sessionCaller(request: Request, ip: string | null, { signedIn }: IdentifyOptions): Promise<Caller> {
  const found = await signedIn(request.headers);
  if (found === null) throw unauthenticated(`Authentication error: ${howTo}`);
  refuseForgery(request, found.session);
  return callerOfUser(found.user, ip);
}

function tokenCaller(token: AccessToken, ip: string | null, clock: Pick<Clock, "nowMs">): Caller {
  const fault = tokenFault(token, { address: ip ?? "", nowMs: clock.nowMs() });
  if (fault !== null) throw unauthenticated(`Authentication error: ${faultTexts[fault]}`);
  const { id, gatewayIds, expiresAtMs } = token;
  return { type: "token", id, email: null, ip, grants: grantsOfToken(token), gatewayIds, expiresAtMs };
}

const howTo =
  "send a token as `authorization: Bearer {token}`, or sign in; the first start prints a token, `headgate tokens create` makes one";

function unauthenticated(message: string): ManagementError {
  return new ManagementError("unauthenticated", [{ message }], { "www-authenticate": "Bearer" });
}
