import { allPermissions, type Permission } from "./permissions.ts";

const developer = [
  "gateways.run",
  "models.run",
  "gateways.read",
  "gateways.edit",
  "cache.purge",
  "keys.read",
  "keys.edit",
  "secrets.read",
  "secrets.edit",
  "secrets.reference",
  "providers.read",
  "providers.edit",
  "domains.read",
  "domains.edit",
  "datasets.read",
  "datasets.edit",
  "evaluations.read",
  "limits.read",
  "limits.edit",
  "budgets.read",
  "logs.read",
  "logs.read-bodies",
  "logs.edit",
  "logs.delete",
  "analytics.read",
  "prices.read",
  "accounts.read",
  "config.read",
  "tokens.read",
  "tokens.edit",
] as const satisfies readonly Permission[];

/**
 * What the roles of people allow in the account they are held in; a role held in `*` is held in every account, and only
 * there does it reach what belongs to the whole installation. docs/reference/permissions.md is tested against this table.
 */
export const roles = {
  owner: allPermissions,
  admin: allPermissions.filter((permission) => permission !== "accounts.edit" && permission !== "billing.edit"),
  developer,
  viewer: [
    "gateways.read",
    "keys.read",
    "secrets.read",
    "providers.read",
    "domains.read",
    "datasets.read",
    "evaluations.read",
    "limits.read",
    "budgets.read",
    "logs.read",
    "analytics.read",
    "prices.read",
    "accounts.read",
    "config.read",
  ],
  billing: [
    "accounts.read",
    "analytics.read",
    "prices.read",
    "budgets.read",
    "budgets.edit",
    "billing.read",
    "billing.edit",
  ],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

/** Name of a role above. */
export type Role = keyof typeof roles;

/** Every role, the mightiest first. */
export const allRoles: readonly Role[] = Object.keys(roles) as Role[];

/** Whether a text is the name of a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}
