import { type Caller, grantsOfRoles } from "../../access/caller.ts";
import { isSameText } from "../../access/same-text.ts";
import type { SettingsDesk } from "../../settings/settings-desk.ts";
import { findUser, type User } from "../../settings/user-object.ts";
import { ManagementError } from "../management-error.ts";
import { sessionSecret } from "./session-cookie.ts";
import type { OpenSession, SessionDesk } from "./session-desk.ts";

/** A person who is signed in. */
export interface SignedIn {
  readonly user: User;
  readonly session: OpenSession;
}

/** The person whose session a request carries; null when it carries none that counts, or they may not come in any more. */
export async function signedInBy(
  headers: Headers,
  { desk, sessions }: { readonly desk: Pick<SettingsDesk, "current">; readonly sessions: SessionDesk },
): Promise<SignedIn | null> {
  const secret = sessionSecret(headers);
  const session = secret === null ? null : await sessions.find(secret);
  const user = session === null ? undefined : findUser(desk.current, session.userId);
  return session === null || user?.status !== "active" ? null : { user, session };
}

/** A person as somebody who manages. Roles count as they are now, not as they were when the session began. */
export function callerOfUser(user: User, ip: string | null): Caller {
  return { type: "user", id: user.id, email: user.email, ip, grants: grantsOfRoles(user.roles), gatewayIds: null };
}

/**
 * Refuses a change that a page of another site could have made: browsers send the cookie by themselves, but no other site knows the
 * session's `x-csrf-token`.
 * @throws ManagementError 403 code 10000.
 */
export function refuseForgery({ method, headers }: Pick<Request, "method" | "headers">, session: OpenSession): void {
  if (method === "GET" || method === "HEAD") return;
  if (isSameText(headers.get("x-csrf-token") ?? "", session.csrfToken)) return;
  throw new ManagementError("forbidden", [{ message: "Authentication error: expected the session's x-csrf-token" }]);
}
