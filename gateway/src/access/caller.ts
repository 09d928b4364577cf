import type { AccessToken } from "./access-token.ts";
import { grantedByGroups } from "./permission-groups.ts";
import { type Permission, permissions } from "./permissions.ts";
import { isRole, roles } from "./roles.ts";

/** What somebody may do, by account; under `*` what they may do in all. */
export type Grants = ReadonlyMap<string, ReadonlySet<Permission>>;

/** Somebody who manages, once it is known who. */
export interface Caller {
  /** `local`: whoever may read the data directory of this installation. */
  readonly type: "token" | "user" | "local";
  /** Id of the token or the user; the name of the way in for `local`. */
  readonly id: string;
  readonly email: string | null;
  /** Address the request came from; null when there was none. */
  readonly ip: string | null;
  readonly grants: Grants;
  /** Gateways that alone may be touched; null for all. */
  readonly gatewayIds: readonly string[] | null;
  /** Unix milliseconds from which they count no more; null or absent for never. Tokens they make end no later. */
  readonly expiresAtMs?: number | null;
}

/** What a request concerns. */
export interface Concern {
  /** Null when it concerns no account in particular. */
  readonly accountId: string | null;
  /** Null when it concerns no gateway in particular. */
  readonly gatewayId: string | null;
}

/** All accounts together. */
export const everyAccount = "*";

/** Grants of somebody who may do everything everywhere. */
export const allGrants: Grants = new Map([[everyAccount, new Set(Object.keys(permissions) as Permission[])]]);

/**
 * What a token's groups grant it. One that is bound to gateways, models, addresses or a budget cannot make tokens and members, which would
 * not be bound.
 */
export function grantsOfToken(
  token: Pick<AccessToken, "accountId" | "groups"> &
    Partial<Pick<AccessToken, "gatewayIds" | "models" | "ipRanges" | "budgetId">>,
): Grants {
  const { gatewayIds = null, models = null, ipRanges = null, budgetId = null } = token;
  const granted = new Set(grantedByGroups(token.groups));
  if (gatewayIds !== null || models !== null || ipRanges !== null || budgetId !== null) {
    granted.delete("tokens.edit");
    granted.delete("users.edit");
  }
  return new Map([[token.accountId, granted]]);
}

/** What the roles of a person grant, by account; `*` stands for all accounts, and what is no role grants nothing. */
export function grantsOfRoles(rolesByAccount: Readonly<Record<string, string>>): Grants {
  return new Map(
    Object.entries(rolesByAccount).map(([accountId, role]) => [accountId, new Set(isRole(role) ? roles[role] : [])]),
  );
}

/**
 * Whether a caller may do something. What belongs to the whole installation has to be granted in all accounts; what belongs to an
 * account, there or in all. Where a request names no account, it is enough to be granted it somewhere: the route itself then
 * asks again for the accounts it turns out to concern. A caller bound to gateways may do nothing that concerns another, or none.
 */
export function mayDo({ grants, gatewayIds }: Caller, permission: Permission, concern: Concern): boolean {
  if (gatewayIds !== null && (concern.gatewayId === null || !gatewayIds.includes(concern.gatewayId))) return false;
  if (grants.get(everyAccount)?.has(permission) === true) return true;
  if (permissions[permission].scope === "installation") return false;
  if (concern.accountId !== null) return grants.get(concern.accountId)?.has(permission) === true;
  return [...grants.values()].some((granted) => granted.has(permission));
}

/** The accounts in which a caller may do something; null for all of them. */
export function accountsWhere({ grants }: Caller, permission: Permission): readonly string[] | null {
  if (grants.get(everyAccount)?.has(permission) === true) return null;
  return [...grants].filter(([, granted]) => granted.has(permission)).map(([accountId]) => accountId);
}

/**
 * Whether a caller may do all of what is to be given to somebody in an account: nobody gives away more than they have. What belongs to the
 * installation comes to nothing when it is given in one account, and does not count there.
 */
export function mayGrant(caller: Caller, given: Iterable<Permission>, accountId: string): boolean {
  if (caller.gatewayIds !== null) return false;
  const everywhere = caller.grants.get(everyAccount);
  const there = caller.grants.get(accountId);
  const counting = [...given].filter(
    (permission) => accountId === everyAccount || permissions[permission].scope === "account",
  );
  return counting.every((permission) => everywhere?.has(permission) === true || there?.has(permission) === true);
}
