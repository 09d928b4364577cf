import { allRoles } from "../../access/roles.ts";
import type { OidcSettings } from "../../core/sign-in-settings.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { allUsers, findUserByEmail, type User } from "../../settings/user-object.ts";
import { newUser } from "../people/change-user.ts";
import type { OidcIdentity } from "./oidc-client.ts";

/** Why somebody whom the identity provider knows may not come in here. */
export type OidcRefusal = "no_email" | "email_not_verified" | "other_domain" | "other_person" | "no_role" | "disabled";

/** What an identity comes to here. */
export interface OidcArrival {
  /** The person before; null for somebody new. */
  readonly before: User | null;
  /** The person as they are from now on; null when nothing is kept of them. */
  readonly after: User | null;
  /** Null when they may come in. */
  readonly refusal: OidcRefusal | null;
}

/**
 * Who an identity is here. A person is known by issuer and subject; somebody who was invited by e-mail address becomes known by the first
 * sign-in whose address the provider verified. With roles by group, those count, and are taken away again with the groups.
 */
export function arrivalOf(model: SettingsModel, identity: OidcIdentity, settings: OidcSettings): OidcArrival {
  const known = allUsers(model).find(({ subject }) => subject === identity.subject) ?? null;
  const refused = (refusal: OidcRefusal): OidcArrival => ({ before: known, after: known, refusal });
  const { email } = identity;
  if (email === null) return refused("no_email");
  if (settings.require_verified_email && !identity.isEmailVerified) return refused("email_not_verified");
  if (!isAllowedDomain(email, settings.allowed_domains)) return refused("other_domain");
  const invited = known === null ? findUserByEmail(model, email) : undefined;
  if (invited !== undefined && invited.subject !== null) return refused("other_person");
  const before = known ?? invited ?? null;
  const roles = settings.roles === null ? (before?.roles ?? {}) : rolesOfGroups(identity.groups, settings.roles);
  const hasRole = Object.keys(roles).length > 0;
  if (before === null && !hasRole) return refused("no_role");
  const person =
    before ?? newUser(model, { email, name: "", passwordHash: null, roles, status: "active", subject: null });
  const after: User = { ...person, name: identity.name || person.name, roles, subject: identity.subject };
  if (after.status !== "active") return { before, after: before, refusal: "disabled" };
  return { before, after, refusal: hasRole ? null : "no_role" };
}

/** Of several roles in one account the mightiest counts. */
function rolesOfGroups(
  groups: readonly string[],
  byGroup: NonNullable<OidcSettings["roles"]>,
): Readonly<Record<string, string>> {
  const roles: Record<string, string> = {};
  for (const group of groups) {
    if (!Object.hasOwn(byGroup, group)) continue;
    for (const [accountId, role] of Object.entries(byGroup[group] ?? {})) {
      const held = roles[accountId];
      if (held === undefined || rankOf(role) < rankOf(held)) roles[accountId] = role;
    }
  }
  return roles;
}

function rankOf(role: string): number {
  return (allRoles as readonly string[]).indexOf(role);
}

function isAllowedDomain(email: string, domains: readonly string[]): boolean {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return domains.length === 0 || domains.some((allowed) => allowed.toLowerCase() === domain);
}
