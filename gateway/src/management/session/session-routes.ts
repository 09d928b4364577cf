import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import { noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import { signedInBy } from "./caller-of-session.ts";
import { changePassword, changePasswordBody } from "./change-password.ts";
import { expiredCookie } from "./session-cookie.ts";
import type { SessionRoutesOptions } from "./session-routes-options.ts";
import { sessionSchema, showSession } from "./show-session.ts";
import { audit, signIn, signInBody } from "./sign-in.ts";

const path = "/api/session";
const shared = { tag: "Sign-in", params: noParams } as const;
const session = { kind: "result", schema: sessionSchema } as const;

/** Signing people in and out. */
export function sessionRoutes(options: SessionRoutesOptions): Route[] {
  return [
    defineRoute({
      ...shared,
      method: "GET",
      path,
      permission: "self.read",
      summary: "Get who is asking",
      answer: session,
      async handle({ request }) {
        const isUser = request.caller.type === "user";
        return success(showSession(request.caller, isUser ? await signedInBy(request.headers, options) : null));
      },
    }),
    defineRoute({
      ...shared,
      method: "POST",
      path,
      permission: "session.open",
      summary: "Sign in",
      description:
        "By e-mail address and password. The session is in a cookie; changes need its csrf_token as x-csrf-token.",
      body: signInBody,
      answer: session,
      handle: ({ request, body }) => signIn(request, body, options),
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path,
      permission: "self.edit",
      summary: "Sign out",
      answer: { kind: "result", schema: z.null() },
      async handle({ request }) {
        const signedIn = request.caller.type === "user" ? await signedInBy(request.headers, options) : null;
        if (signedIn === null) throw new ManagementError("forbidden");
        await options.sessions.close(signedIn.session);
        await audit(request, options, { user: signedIn.user, email: signedIn.user.email, action: "signed out" });
        const answer = success(null);
        answer.headers.append("set-cookie", expiredCookie(request.headers));
        return answer;
      },
    }),
    defineRoute({
      ...shared,
      method: "PUT",
      path: `${path}/password`,
      permission: "self.edit",
      summary: "Change your password",
      description: "Signs out everywhere else.",
      body: changePasswordBody,
      answer: session,
      handle: ({ request, body }) => changePassword(request, body, options),
    }),
  ];
}
