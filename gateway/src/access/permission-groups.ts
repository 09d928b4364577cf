import { createHash } from "node:crypto";
import { allPermissions, type Permission } from "./permissions.ts";

const gatewayReads = [
  "gateways.read",
  "keys.read",
  "providers.read",
  "domains.read",
  "datasets.read",
  "evaluations.read",
  "limits.read",
  "budgets.read",
  "logs.read",
  "logs.read-bodies",
] as const satisfies readonly Permission[];

/**
 * What an API token may be given, by the product's names where it has them (reference §9.2), and what each grants.
 * docs/reference/permissions.md is tested against this table both ways.
 */
export const permissionGroups = {
  "AI Gateway Read": gatewayReads,
  "AI Gateway Write": [
    ...gatewayReads,
    "gateways.edit",
    "cache.purge",
    "keys.edit",
    "providers.edit",
    "domains.edit",
    "datasets.edit",
    "limits.edit",
    "budgets.edit",
    "logs.edit",
    "logs.delete",
  ],
  "AI Gateway Run": ["gateways.run"],
  "AI Gateway Metadata Read": ["gateways.read", "logs.read"],
  "Workers AI Read": ["models.run"],
  "Secrets Store Read": ["secrets.read"],
  "Secrets Store Write": ["secrets.read", "secrets.edit", "secrets.reference"],
  "Account Analytics Read": ["analytics.read", "prices.read"],
  "Account Settings Read": ["accounts.read", "config.read", "audit.read", "users.read"],
  "Account Settings Write": ["accounts.read", "config.read", "audit.read", "users.read", "users.edit"],
  "Account API Tokens Read": ["tokens.read"],
  "Account API Tokens Write": ["tokens.read", "tokens.edit"],
  "Billing Read": ["billing.read"],
  "Billing Write": ["billing.read", "billing.edit"],
  "Headgate Monitoring": ["system.read", "metrics.read"],
  "Headgate Owner": allPermissions,
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

/** Name of a group above. */
export type PermissionGroup = keyof typeof permissionGroups;

/** Every group, in the order of the table. */
export const allPermissionGroups: readonly PermissionGroup[] = Object.keys(permissionGroups) as PermissionGroup[];

/** Whether a text is the name of a group. */
function isPermissionGroup(text: string): text is PermissionGroup {
  return Object.hasOwn(permissionGroups, text);
}

/** The id under which clients name a group: 32 hex characters that follow from the name alone. */
export function permissionGroupId(group: PermissionGroup): string {
  return createHash("sha256").update(group).digest("hex").slice(0, 32);
}

/** The group that a client names by its id or its name; undefined when there is none. */
export function findPermissionGroup(idOrName: string): PermissionGroup | undefined {
  return allPermissionGroups.find((group) => group === idOrName || permissionGroupId(group) === idOrName);
}

/** Everything that several groups grant together. Names that are no group grant nothing. */
export function grantedByGroups(groups: readonly string[]): ReadonlySet<Permission> {
  return new Set(groups.flatMap((group) => (isPermissionGroup(group) ? permissionGroups[group] : [])));
}
