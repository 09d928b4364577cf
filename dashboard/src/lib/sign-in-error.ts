import { type RawSearch, textIn } from "./search.ts";

/** Why a sign-in at an identity provider went wrong, as the URL names it; absent when none did. */
export function readSignInError(search: RawSearch): { sign_in_error?: string } {
  return textIn(search, "sign_in_error", 40);
}
