import { type Caller, mayGrant } from "../../access/caller.ts";
import { isRole, roles } from "../../access/roles.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { newId } from "../../core/ids.ts";
import type { AuditDraft } from "../../core/settings-object.ts";
import type { ObjectWrite } from "../../settings/settings-desk.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { allUsers, findUser, findUserByEmail, type User, type UserValue } from "../../settings/user-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { ManagementError } from "../management-error.ts";

/** Most people of an installation. */
const MOST_USERS = 10_000;

/** Roles by account. */
export type RolesByAccount = Readonly<Record<string, string>>;

/**
 * Lets nobody give or take away a role that may do more than they themselves, in any account in which it changes.
 * @throws ManagementError 403 code 10000.
 */
export function refuseMightierRoles(caller: Caller, before: RolesByAccount, after: RolesByAccount): void {
  for (const accountId of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const changed = before[accountId] === after[accountId] ? [] : [before[accountId], after[accountId]];
    for (const role of changed) if (!mayHaveGiven(caller, role, accountId)) throw mightier();
  }
}

/**
 * Lets nobody change, sign out or remove a person who may do more than they themselves anywhere.
 * @throws ManagementError 403 code 10000.
 */
export function refuseMightierPerson(caller: Caller, user: User): void {
  const isMightier = Object.entries(user.roles).some(([accountId, role]) => !mayHaveGiven(caller, role, accountId));
  if (isMightier) throw mightier();
}

function mayHaveGiven(caller: Caller, role: string | undefined, accountId: string): boolean {
  return role === undefined || !isRole(role) || mayGrant(caller, roles[role], accountId);
}

function mightier(): ManagementError {
  return new ManagementError("forbidden", [{ message: "Authentication error: this person may do more than you" }]);
}

/**
 * Lets nobody give up their own ownership where nobody else would be an owner who can sign in.
 * @param after null when they are to be removed.
 * @throws ManagementError 409 code 7001.
 */
export function refuseLastOwner(
  model: SettingsModel,
  caller: Caller,
  { before, after }: { readonly before: User; readonly after: User | null },
): void {
  if (caller.type !== "user" || caller.id !== before.id) return;
  const others = allUsers(model).filter(({ id }) => id !== before.id);
  const isLeft = (accountId: string): boolean =>
    before.roles[accountId] === "owner" &&
    !isOwner(after, accountId) &&
    !others.some((other) => isOwner(other, accountId));
  const left = Object.keys(before.roles).find(isLeft);
  if (left === undefined) return;
  const where = left === "*" ? "the installation" : `the account ${left}`;
  throw new ManagementError("conflict", [
    { message: `You are the last owner of ${where}; make somebody else one first`, path: ["body"] },
  ]);
}

function isOwner(user: User | null, accountId: string): boolean {
  if (user === null || user.status !== "active" || (user.passwordHash === null && user.subject === null)) return false;
  return user.roles[accountId] === "owner" || user.roles["*"] === "owner";
}

/** @throws ManagementError 404 code 7002. */
export function requireUser(model: SettingsModel, id: string): User {
  const user = findUser(model, id);
  if (user === undefined) throw new ManagementError("notFound");
  return user;
}

/**
 * A person who was not there before.
 * @throws ManagementError 409 code 7001 when somebody has that e-mail address, 400 when there are too many.
 */
export function newUser(model: SettingsModel, value: UserValue): User {
  if (findUserByEmail(model, value.email) !== undefined) {
    throw new ManagementError("conflict", [{ message: "Somebody has this e-mail address", path: ["body", "email"] }]);
  }
  if (allUsers(model).length >= MOST_USERS) {
    throw new ManagementError("invalid", [{ message: `There are at most ${MOST_USERS} people` }]);
  }
  return { id: newId().replaceAll("-", ""), ...value };
}

/** Keeps a person as they are now. */
export function putUser({ id, ...value }: User): ObjectWrite {
  return { put: { accountId: "", kind: "user", id, value: value as unknown as JsonObject } };
}

/** A line of the audit log about a person; of a password it tells that there is another. */
export function auditedChange(before: User | null, after: User | null, accountId = ""): AuditDraft {
  const verb = before === null ? "created" : after === null ? "deleted" : "updated";
  const id = (after ?? before)?.id ?? "";
  const isOther = before !== null && after !== null && before.passwordHash !== after.passwordHash;
  return auditDraft(accountId === "" ? "user" : "member", verb, {
    accountId,
    id,
    before: audited(before),
    after: after === null ? null : { ...audited(after), ...(isOther ? { password: "changed" } : {}) },
  });
}

function audited(user: User | null): JsonObject | null {
  if (user === null) return null;
  const { passwordHash: _, ...shown } = user;
  return shown;
}
