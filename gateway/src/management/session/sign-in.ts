import { z } from "zod";
import { PasswordsBusy } from "../../access/password.ts";
import type { Actor, AuditDraft } from "../../core/settings-object.ts";
import { findUser, findUserByEmail, type User } from "../../settings/user-object.ts";
import { askSettings } from "../change-settings.ts";
import { success } from "../envelope.ts";
import { addressOf } from "../identity/address-of.ts";
import { invalid, ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { callerOfUser } from "./caller-of-session.ts";
import { cookieOf, refuseInsecure } from "./session-cookie.ts";
import type { SessionRoutesOptions } from "./session-routes-options.ts";
import { showSession } from "./show-session.ts";

/** Body of a sign-in. */
export const signInBody = z.object({
  email: z.string().min(1).max(320),
  password: z.string().min(1).max(1024),
});

/**
 * `POST /api/session`: signs a person in by password. Who there is and who there is not is refused alike, in the same time.
 * @throws ManagementError 401 code 10000 for a wrong pair, 429 after too many of them, 400 code 7001 where the answer could be read on
 *   its way.
 */
export async function signIn(
  request: ManagementRequest,
  { email, password }: z.output<typeof signInBody>,
  options: SessionRoutesOptions,
): Promise<Response> {
  refuseInsecure(request.headers);
  refuseForms(request.headers);
  const found = findUserByEmail(options.desk.current, email);
  const isRight = await isRightPassword(request, { email, password, user: found }, options);
  if (!isRight || found === undefined) {
    await audit(request, options, { user: found ?? null, email, action: "sign-in refused" });
    throw wrongPair();
  }
  const answer = await openSession(request, found, options);
  await refuseChanged(found, options);
  await audit(request, options, { user: found, email, action: "signed in" });
  return answer;
}

/**
 * Ends the session again of somebody whose password was changed, or who was shut out, while theirs was looked at.
 * @throws ManagementError 401 code 10000.
 */
async function refuseChanged({ id, passwordHash }: User, { desk, sessions }: SessionRoutesOptions): Promise<void> {
  const now = findUser(desk.current, id);
  if (now?.status === "active" && now.passwordHash === passwordHash) return;
  await sessions.closeAllOf(id);
  throw wrongPair();
}

function wrongPair(): ManagementError {
  return new ManagementError("unauthenticated", [{ message: "Wrong e-mail address or password" }]);
}

/**
 * Whether a password is the person's, tried no more often than the guard lets.
 * @throws ManagementError 429 with `retry-after`.
 */
export async function isRightPassword(
  { headers }: ManagementRequest,
  tried: { readonly email: string; readonly password: string; readonly user: User | undefined },
  { guard, passwords }: Pick<SessionRoutesOptions, "guard" | "passwords">,
): Promise<boolean> {
  const who = { email: tried.email, address: addressOf(headers) ?? "" };
  const waitMs = guard.begin(who);
  if (waitMs > 0) throw tooMany(waitMs);
  const hash = tried.user?.status === "active" ? tried.user.passwordHash : null;
  try {
    const isRight = await passwords.verify(tried.password, hash);
    if (isRight) guard.succeeded(who);
    return isRight;
  } catch (error) {
    if (error instanceof PasswordsBusy) throw tooMany(1000);
    throw error;
  }
}

/**
 * Refuses what a form on a page of another site could send, which would sign its visitor in as somebody else.
 * @throws ManagementError 400 code 7001.
 */
function refuseForms(headers: Headers): void {
  if (headers.get("content-type")?.startsWith("application/json") === true) return;
  throw invalid("Expected application/json", ["header", "content-type"]);
}

/** Opens a session for a person and answers who they are, with the cookie. */
export async function openSession(
  request: Pick<ManagementRequest, "headers">,
  user: User,
  { sessions, clock }: Pick<SessionRoutesOptions, "sessions" | "clock">,
): Promise<Response> {
  const session = await sessions.open(user.id, {
    address: addressOf(request.headers),
    userAgent: request.headers.get("user-agent"),
  });
  const answer = success(showSession(callerOfUser(user, addressOf(request.headers)), { user, session }));
  const maxAgeSeconds = Math.floor((session.endsAtMs - clock.nowMs()) / 1000);
  answer.headers.append("set-cookie", cookieOf(request.headers, { secret: session.secret, maxAgeSeconds }));
  return answer;
}

/** Notes in the audit log what a person, or somebody who says they are one, did about their session. */
export async function audit(
  { headers }: Pick<ManagementRequest, "headers">,
  { desk }: Pick<SessionRoutesOptions, "desk">,
  { user, email, action }: { readonly user: User | null; readonly email: string; readonly action: string },
): Promise<void> {
  const id = user?.id ?? "unknown";
  const actor: Actor = { type: "user", id, email: email.slice(0, 320), ip: addressOf(headers) };
  const draft: AuditDraft = {
    accountId: "",
    action,
    resourceType: "session",
    resourceId: id,
    before: null,
    after: null,
  };
  await askSettings(desk.change(actor, () => ({ writes: [], audit: [draft], result: null })));
}

function tooMany(waitMs: number): ManagementError {
  const seconds = String(Math.ceil(waitMs / 1000));
  return new ManagementError("throttled", [{ message: `Too many attempts; try again in ${seconds} s` }], {
    "retry-after": seconds,
  });
}
