import type { AccessToken } from "./access-token.ts";
import { hashToken, isSameHash } from "./token-text.ts";

/** Longest text that is looked at as a token. */
const MAX_TEXT_LENGTH = 1024;

/**
 * A function that answers which of `tokens` a text is; null for none. The text is hashed under `key` first, so what the look-up takes tells
 * nothing of any token, and the hash of a token is no token.
 */
export function tokenFinder(tokens: Iterable<AccessToken>, key: Buffer): (text: string) => AccessToken | null {
  const byHash = new Map<string, AccessToken>();
  for (const token of tokens) byHash.set(token.hash, token);
  return (text) => {
    if (text === "" || text.length > MAX_TEXT_LENGTH || byHash.size === 0) return null;
    const hash = hashToken(key, text);
    const found = byHash.get(hash);
    return found !== undefined && isSameHash(found.hash, hash) ? found : null;
  };
}
