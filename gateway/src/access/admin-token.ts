import { type AccessToken, unbound } from "./access-token.ts";

/** `HEADGATE_ADMIN_TOKEN`, which may do everything everywhere, as workers hold it. @param hash `hashToken` of its text. */
export function adminAccessToken(hash: string): AccessToken {
  return {
    id: "admin",
    accountId: "*",
    hash,
    groups: ["Headgate Owner"],
    ...unbound,
  };
}
