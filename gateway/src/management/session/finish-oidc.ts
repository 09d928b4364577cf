import { auditedChange, putUser } from "../people/change-user.ts";
import { askSettings } from "../change-settings.ts";
import { addressOf } from "../identity/address-of.ts";
import { ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { flowCookie, flowOf } from "./flow-cookie.ts";
import type { OidcIdentity } from "./oidc-client.ts";
import type { OidcRoutesOptions } from "./oidc-routes-options.ts";
import { arrivalOf, type OidcArrival } from "./oidc-user.ts";
import { redirectTo } from "./redirect-to.ts";
import { audit, openSession } from "./sign-in.ts";

/**
 * `GET /api/session/oidc/callback`: holds what the browser brings against what it was sent with, keeps who came, and opens their session.
 * Whatever is wrong sends it to the start page with `sign_in_error`: `state`, `provider`, or why the person may not come in.
 * @throws ManagementError 404 code 7002 when there is no identity provider.
 */
export async function finishOidc(request: ManagementRequest, options: OidcRoutesOptions): Promise<Response> {
  const { oidc } = options;
  if (oidc === null) throw new ManagementError("notFound");
  const flow = flowOf(request.headers);
  const pending = flow === null ? null : oidc.pending.take(flow);
  if (pending === null) return refused(request, "state");
  const callbackUrl = new URL(pending.redirectUri);
  callbackUrl.search = request.url.search;
  let identity: OidcIdentity;
  try {
    identity = await oidc.client.finish(callbackUrl, pending.checks);
  } catch (error) {
    oidc.onFailure(String(error));
    return refused(request, "provider");
  }
  const { after, refusal } = await keepArrival(request, identity, options);
  const email = identity.email ?? "";
  await audit(request, options, { user: after, email, action: refusal === null ? "signed in" : "sign-in refused" });
  if (refusal !== null || after === null) {
    if (after !== null) await options.sessions.closeAllOf(after.id);
    return refused(request, refusal ?? "no_role");
  }
  const answer = await openSession(request, after, options);
  return redirectTo(pending.returnTo, ...answer.headers.getSetCookie(), flowCookie(request.headers, "", 0));
}

/** Keeps what the provider says of a person now, in the provider's name. */
function keepArrival(
  { headers }: ManagementRequest,
  identity: OidcIdentity,
  { desk, oidc }: OidcRoutesOptions,
): Promise<OidcArrival> {
  const settings = (oidc as NonNullable<typeof oidc>).settings;
  const actor = { type: "system", id: "identity provider", email: identity.email, ip: addressOf(headers) } as const;
  const kept = desk.change(actor, (model) => {
    const arrival = arrivalOf(model, identity, settings);
    const { before, after } = arrival;
    const isSame = after === null || JSON.stringify(before) === JSON.stringify(after);
    return isSame
      ? { writes: [], audit: [], result: arrival }
      : { writes: [putUser(after)], audit: [auditedChange(before, after)], result: arrival };
  });
  return askSettings(kept);
}

function refused({ headers }: ManagementRequest, reason: string): Response {
  return redirectTo(`/?sign_in_error=${reason}`, flowCookie(headers, "", 0));
}
