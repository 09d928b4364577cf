/**
 * Where a permission has to be granted: `account`, in the account that the request concerns; `installation`, in all accounts,
 * because what it opens belongs to none of them.
 */
export type PermissionScope = "account" | "installation";

/** One thing somebody may be allowed. */
export interface PermissionDefinition {
  readonly scope: PermissionScope;
  /** What it allows, as a sentence's end: "Lists and reads gateways". */
  readonly allows: string;
}

const account = (allows: string): PermissionDefinition => ({ scope: "account", allows });
const installation = (allows: string): PermissionDefinition => ({ scope: "installation", allows });

/**
 * Everything somebody may be allowed, as noun and verb. A route declares one of them or one of `openPermissions`;
 * docs/reference/permissions.md is tested against this table both ways.
 */
export const permissions = {
  "gateways.run": account("Sends requests to models through a gateway"),
  "models.run": account("Sends requests to models through the REST API"),
  "gateways.read": account("Lists and reads gateways"),
  "gateways.edit": account("Makes, changes and removes gateways"),
  "cache.purge": account("Drops cached answers"),
  "keys.read": account("Lists the stored provider keys of a gateway, never their text"),
  "keys.edit": account("Stores, replaces and removes provider keys"),
  "secrets.read": account("Lists stored secrets, never their text"),
  "secrets.edit": account("Stores, replaces and removes secrets"),
  "secrets.reference": installation("Names variables and files of this machine as secrets"),
  "providers.read": account("Lists and reads custom providers"),
  "providers.edit": account("Makes, changes and removes custom providers"),
  "domains.read": account("Lists and reads custom domains"),
  "domains.edit": account("Makes and removes custom domains"),
  "datasets.read": account("Lists and reads datasets"),
  "datasets.edit": account("Makes, changes and removes datasets"),
  "evaluations.read": account("Lists and reads evaluations and their types"),
  "limits.read": account("Lists and reads limits, and asks what they would say to a request"),
  "limits.edit": account("Makes, changes and removes limits"),
  "budgets.read": account("Lists and reads budgets and what is spent of them"),
  "budgets.edit": account("Makes, changes and removes budgets"),
  "logs.read": account("Lists and reads logs, without bodies"),
  "logs.read-bodies": account("Reads what was sent to models and what they answered"),
  "logs.edit": account("Rates logs and attaches feedback and metadata to them"),
  "logs.delete": account("Deletes logs"),
  "analytics.read": account("Asks for counts, costs and times of requests"),
  "prices.read": account("Reads prices of models"),
  "prices.edit": installation("Sets prices of models"),
  "billing.read": account("Reads balances, invoices and spending limits"),
  "billing.edit": account("Changes top-ups and spending limits"),
  "audit.read": account("Reads who changed what and when"),
  "config.read": account("Reads the settings as a whole and their history"),
  "config.edit": installation("Replaces the settings as a whole or goes back to earlier ones"),
  "accounts.read": account("Lists and reads accounts"),
  "accounts.edit": installation("Makes, changes and removes accounts"),
  "tokens.read": account("Lists API tokens, never their text"),
  "tokens.edit": account("Makes, changes, rolls and revokes API tokens that may do no more than the caller"),
  "users.read": account("Lists members of an account and their roles"),
  "users.edit": account("Adds members, changes their roles and removes them, up to the caller's own role"),
  "system.read": installation("Reads the state of journal, ledger and exporters"),
  "metrics.read": installation("Reads the metrics of all gateways"),
} as const satisfies Readonly<Record<string, PermissionDefinition>>;

/**
 * What routes declare that ask for no permission out of the table: `public.read` and `session.open` ask for no credential at all,
 * `self.read` and `self.edit` for any that counts.
 */
export const openPermissions = {
  "public.read": "Reads what everybody may read, such as the API's reference; asks for no credential",
  "session.open": "Signs people in; asks for no credential",
  "self.read": "Reads who is asking; for everybody who is known",
  "self.edit": "Changes one's own password and ends one's own sessions; for every person who is signed in",
} as const satisfies Readonly<Record<string, string>>;

/** Name of a row of `openPermissions`. */
export type OpenPermission = keyof typeof openPermissions;

/** Whether routes of this permission are for whoever comes. */
export function isPublic(permission: string): boolean {
  return permission === "public.read" || permission === "session.open";
}

/** Name of a row above. */
export type Permission = keyof typeof permissions;

/** Every permission, in the order of the table. */
export const allPermissions: readonly Permission[] = Object.keys(permissions) as Permission[];

/** Whether a text is the name of a permission. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text);
}
