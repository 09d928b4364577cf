import { type HeaderList, headerValue, withHeader } from "../core/header-list.ts";
import { type MintedToken, mintAccessToken } from "./mint-access-token.ts";
import type { CredentialDependencies, PrepareCredential } from "./provider.ts";

/** A token is no longer used this long before it ends, so that it outlives the request it goes with. */
const EXPIRY_MARGIN_MS = 60_000;
const MAX_CACHED_TOKENS = 1000;
const BASE64_BEARER = /^bearer +(e[A-Za-z0-9+/_-]+={0,2})$/i;

interface CacheEntry {
  readonly token: Promise<MintedToken>;
  /** Infinity while the token is being fetched. */
  expiresAtMs: number;
}

/**
 * Makes the credential step for `Authorization: Bearer <base64 of service-account JSON>` (reference §1.5, form 2): it replaces the bearer with a
 * short-lived access token (RFC 7523 bearer grant). Anything else in the field passes through.
 *
 * Tokens are kept until a minute before they end, at most 1,000, by a hash of the whole credential, so that nobody profits from knowing an
 * account's name; requests with one credential wait for one exchange.
 * @throws GatewayError from the step: invalidRequest when the JSON or its key is broken; upstreamFailed with cause `credential_refused` or
 *   `credential_endpoint_failed`; upstreamTimeout after 10 seconds.
 */
export function exchangeServiceAccount(dependencies: CredentialDependencies): PrepareCredential {
  const cache = new Map<string, CacheEntry>();
  return (headers) => {
    const json = serviceAccountText(headers);
    if (json === undefined) return headers;
    return cachedToken(cache, json, dependencies).then((token) =>
      withHeader(headers, "authorization", `Bearer ${token}`),
    );
  };
}

async function cachedToken(
  cache: Map<string, CacheEntry>,
  json: string,
  dependencies: CredentialDependencies,
): Promise<string> {
  const key = new Bun.CryptoHasher("sha256").update(json).digest("base64");
  const known = cache.get(key);
  if (known !== undefined && dependencies.clock.nowMs() < known.expiresAtMs) return (await known.token).accessToken;
  const entry: CacheEntry = { token: mintAccessToken(json, dependencies), expiresAtMs: Number.POSITIVE_INFINITY };
  cache.delete(key);
  cache.set(key, entry);
  if (cache.size > MAX_CACHED_TOKENS) cache.delete(cache.keys().next().value as string);
  try {
    const minted = await entry.token;
    entry.expiresAtMs = minted.expiresAtMs - EXPIRY_MARGIN_MS;
    return minted.accessToken;
  } catch (error) {
    if (cache.get(key) === entry) cache.delete(key);
    throw error;
  }
}

/** The JSON text of the service account in `authorization`, when there is one in base64; undefined for tokens of other kinds. */
export function serviceAccountText(headers: HeaderList): string | undefined {
  const credential = BASE64_BEARER.exec(headerValue(headers, "authorization") ?? "")?.[1];
  if (credential === undefined) return undefined;
  const text = Buffer.from(credential, "base64").toString("utf8");
  return /^\{\s*"/.test(text) ? text : undefined;
}
