import { z } from "zod";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { passwordFault } from "../../access/password.ts";
import { findUser } from "../../settings/user-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { invalid, ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { signedInBy } from "./caller-of-session.ts";
import type { SessionRoutesOptions } from "./session-routes-options.ts";
import { isRightPassword, openSession } from "./sign-in.ts";

/** Body of a change of one's own password. */
export const changePasswordBody = z.object({
  current_password: z.string().min(1).max(1024),
  new_password: z.string().min(1).max(1024),
});

/**
 * `PUT /api/session/password`: gives the person who is signed in another password, and signs them out everywhere but here.
 * @throws ManagementError 403 code 10000 for callers without a session, 400 code 7001 for a wrong or too short password, 429.
 */
export async function changePassword(
  request: ManagementRequest,
  body: z.output<typeof changePasswordBody>,
  options: SessionRoutesOptions,
): Promise<Response> {
  const signedIn = await signedInBy(request.headers, options);
  if (signedIn === null || request.caller.type !== "user") throw new ManagementError("forbidden");
  const { user } = signedIn;
  const fault = passwordFault(body.new_password);
  if (fault !== null) throw invalid(fault, ["body", "new_password"]);
  const { email } = user;
  if (!(await isRightPassword(request, { email, password: body.current_password, user }, options))) {
    throw invalid("This is not your password", ["body", "current_password"]);
  }
  const passwordHash = await options.passwords.hash(body.new_password);
  await changeSettings(options, request, (model) => {
    const current = findUser(model, user.id);
    if (current === undefined) throw new ManagementError("forbidden");
    const { id, ...value } = current;
    return {
      writes: [
        { put: { accountId: "", kind: "user", id, value: { ...value, passwordHash } as unknown as JsonObject } },
      ],
      audit: [auditDraft("user", "updated", { accountId: "", id, before: {}, after: { password: "changed" } })],
      result: null,
    };
  });
  await options.sessions.closeAllOf(user.id);
  return openSession(request, user, options);
}
