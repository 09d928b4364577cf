import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import { noParams } from "../path-parameters.ts";
import { addressOf } from "../identity/address-of.ts";
import { publicOrigin } from "../public-origin.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { finishOidc } from "./finish-oidc.ts";
import type { OidcRoutesOptions } from "./oidc-routes-options.ts";
import { redirectTo } from "./redirect-to.ts";
import { flowCookie } from "./flow-cookie.ts";
import { refuseInsecure } from "./session-cookie.ts";

const path = "/api/session/oidc";
const shared = { method: "GET", tag: "Sign-in", params: noParams } as const;
const redirect = { kind: "bytes", contentTypes: ["text/plain"] } as const;

const waysSchema = z
  .object({
    password: z.boolean(),
    oidc: z.object({ name: z.string(), url: z.string() }).nullable(),
  })
  .meta({ id: "SignInWays" });

/** Signing in at an identity provider: there, and back. */
export function oidcRoutes(options: OidcRoutesOptions): Route[] {
  return [
    defineRoute({
      ...shared,
      path: "/api/session/ways",
      permission: "public.read",
      summary: "List ways to sign in",
      answer: { kind: "result", schema: waysSchema },
      handle() {
        const { oidc } = options;
        const shown = oidc === null ? null : { name: oidc.settings.name, url: `${path}/start` };
        return success({ password: true, oidc: shown });
      },
    }),
    defineRoute({
      ...shared,
      path: `${path}/start`,
      permission: "session.open",
      summary: "Sign in at the identity provider",
      description: "Sends the browser there, and afterwards to return_to.",
      query: z.object({
        return_to: z.string().max(2048).optional().meta({ description: "Path here; / by default." }),
      }),
      answer: redirect,
      handle: ({ request, query }) => startOidc(request, query.return_to, options),
    }),
    defineRoute({
      ...shared,
      path: `${path}/callback`,
      permission: "session.open",
      summary: "Come back from the identity provider",
      description: "Opens the session. What went wrong is told as sign_in_error in the query of the page.",
      answer: redirect,
      handle: ({ request }) => finishOidc(request, options),
    }),
  ];
}

/**
 * Sends the browser to the identity provider.
 * @throws ManagementError 404 code 7002 when there is none, 503 code 7000 when it cannot be reached, 400 code 7001 where a session could
 *   be read on its way.
 */
async function startOidc(
  request: ManagementRequest,
  returnTo: string | undefined,
  { oidc }: OidcRoutesOptions,
): Promise<Response> {
  if (oidc === null) throw new ManagementError("notFound");
  refuseInsecure(request.headers);
  const redirectUri = `${publicOrigin(request)}${path}/callback`;
  try {
    const { url, checks } = await oidc.client.begin(redirectUri);
    const id = oidc.newFlowId();
    const pending = { checks, redirectUri, returnTo: pathHere(returnTo) };
    oidc.pending.add(id, pending, addressOf(request.headers) ?? "");
    return redirectTo(url, flowCookie(request.headers, id));
  } catch (error) {
    oidc.onFailure(String(error));
    throw new ManagementError("unavailable", [{ message: "The identity provider cannot be reached" }]);
  }
}

/** Whatever is not plainly a path of this host leads to the start page. */
function pathHere(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : "/";
}
