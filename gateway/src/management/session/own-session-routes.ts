import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { idParam, noParams } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { signedInBy, type SignedIn } from "./caller-of-session.ts";
import { openSessionSchema, showOpenSession } from "./open-session.ts";
import type { SessionRoutesOptions } from "./session-routes-options.ts";
import { audit } from "./sign-in.ts";

const path = "/api/session/open";
const tag = "Sign-in";

/** Where the person who asks is signed in, and signing them out there. */
export function ownSessionRoutes(options: SessionRoutesOptions): Route[] {
  const { desk, sessions } = options;
  return [
    defineRoute({
      method: "GET",
      path,
      permission: "self.read",
      summary: "List your open sessions",
      description: "The last used first. Tokens have none.",
      tag,
      params: noParams,
      query: pageQuery,
      answer: { kind: "page", item: openSessionSchema },
      async handle({ request, query }) {
        const signedIn = await whoIsSignedIn(request, options);
        if (signedIn === null) return pageOf([], query);
        const { user, session } = signedIn;
        const found = await sessions.list(user.id);
        const shown = { model: desk.current, currentId: session.id };
        return pageOf(
          found.map((each) => showOpenSession(each, shown)),
          query,
        );
      },
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:sessionId`,
      permission: "self.edit",
      summary: "End one of your sessions",
      tag,
      params: z.object({ sessionId: idParam("Id of an open session.") }),
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      async handle({ request, params: { sessionId } }) {
        const signedIn = await whoIsSignedIn(request, options);
        if (signedIn === null) throw new ManagementError("forbidden");
        const { user } = signedIn;
        const found = (await sessions.list(user.id)).find(({ id }) => id === sessionId);
        if (found === undefined) throw new ManagementError("notFound");
        await sessions.close(found);
        await audit(request, options, { user, email: user.email, action: "signed out" });
        return success({ id: sessionId });
      },
    }),
  ];
}

async function whoIsSignedIn(
  { caller, headers }: ManagementRequest,
  options: SessionRoutesOptions,
): Promise<SignedIn | null> {
  return caller.type === "user" ? signedInBy(headers, options) : null;
}
