import { z } from "zod";
import { findUser } from "../../settings/user-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { idParam, noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import { openSessionSchema, showOpenSession } from "../session/open-session.ts";
import { refuseMightierPerson } from "./change-user.ts";
import type { PeopleRoutesOptions } from "./people-routes-options.ts";

const path = "/api/sessions";
const tag = "People";

/** Where everybody is signed in, and signing them out there: for those who may manage people in all accounts. */
export function sessionListRoutes(options: PeopleRoutesOptions): Route[] {
  const { desk, sessions } = options;
  return [
    defineRoute({
      method: "GET",
      path,
      permission: "users.read",
      isOfAllAccounts: true,
      summary: "List open sessions",
      description: "Of everybody, the last used first; the thousand of them that were used last.",
      tag,
      params: noParams,
      query: pageQuery.extend({
        user_id: z.string().min(1).max(64).optional().meta({ description: "Those of this person alone." }),
      }),
      answer: { kind: "page", item: openSessionSchema },
      async handle({ query }) {
        const found = await sessions.list(query.user_id ?? null);
        const shown = { model: desk.current, currentId: null };
        return pageOf(
          found.map((session) => showOpenSession(session, shown)),
          query,
        );
      },
    }),
    defineRoute({
      method: "DELETE",
      path: `${path}/:sessionId`,
      permission: "users.edit",
      isOfAllAccounts: true,
      summary: "End a session",
      description: "Signs a person out where that session is, unless they may do more than the caller.",
      tag,
      params: z.object({ sessionId: idParam("Id of an open session.") }),
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      async handle({ request, params: { sessionId } }) {
        const found = (await sessions.list(null)).find(({ id }) => id === sessionId);
        if (found === undefined) throw new ManagementError("notFound");
        const user = findUser(desk.current, found.userId);
        if (user !== undefined) refuseMightierPerson(request.caller, user);
        await sessions.close(found);
        const before = { user_id: found.userId, email: user?.email ?? null, ip: found.address };
        await changeSettings(options, request, () => ({
          writes: [],
          audit: [auditDraft("session", "deleted", { accountId: "", id: sessionId, before, after: null })],
          result: null,
        }));
        return success({ id: sessionId });
      },
    }),
  ];
}
