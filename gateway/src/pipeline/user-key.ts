import type { AccessToken } from "../access/access-token.ts";
import { headerValue } from "../core/header-list.ts";
import type { Gateway } from "./gateway.ts";
import type { Step } from "./step.ts";

/** Metadata names under which applications say who asked, the usual one first. */
const USER_NAMES = ["user", "user_id", "userId"];

/** Who asked, for counting users: what the metadata says, else the API token, else the credential's keyed hash; null when there is none of them. */
export function userKey(gateway: Gateway, step: Step, token: AccessToken | null): string | null {
  for (const name of USER_NAMES) {
    const value = step.log.metadata?.[name];
    if (value !== undefined) return `user:${value}`;
  }
  if (token !== null) return `token:${token.id}`;
  for (const name of step.provider.provider.credentialHeaders) {
    const credential = headerValue(step.upstream.headers, name);
    if (credential !== undefined) return `key:${gateway.hashCredential(credential)}`;
  }
  return null;
}
