import type { SettingsKey } from "../../core/settings-object.ts";

/** Where tokens are kept and count: one account, or the installation. */
export interface TokenHome {
  /** Account of the settings objects; empty for the installation. */
  readonly accountId: string;
  /** What permissions are asked for and granted in: the account, or `*` for all. */
  readonly grantedIn: string;
  /** How clients name it in a policy's `resources`. */
  readonly resource: string;
}

const RESOURCE_PREFIX = "com.cloudflare.api.account.";

/** @param accountId null for the installation, whose tokens count in every account. */
export function tokenHome(accountId: string | null): TokenHome {
  const grantedIn = accountId ?? "*";
  return { accountId: accountId ?? "", grantedIn, resource: RESOURCE_PREFIX + grantedIn };
}

/** Key of a token kept there. */
export function tokenKey({ accountId }: TokenHome, id: string): SettingsKey {
  return { accountId, kind: "token", id };
}
