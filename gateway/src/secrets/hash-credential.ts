/** Hashes kept in memory; credentials come in small numbers and often. */
const MAX_REMEMBERED = 10_000;
/** Longest credential that is kept in memory; longer ones are hashed each time. */
const MAX_REMEMBERED_LENGTH = 512;
const HASH_CHARACTERS = 24;

/**
 * A function that turns a credential into a short text that is the same each time and cannot be turned back:
 * HMAC-SHA-256 under `key`, its first 96 bits in hexadecimal.
 */
export function createCredentialHasher(key: Buffer): (credential: string) => string {
  const remembered = new Map<string, string>();
  return (credential) => {
    const known = remembered.get(credential);
    if (known !== undefined) return known;
    const hash = new Bun.CryptoHasher("sha256", key).update(credential).digest("hex").slice(0, HASH_CHARACTERS);
    if (credential.length > MAX_REMEMBERED_LENGTH) return hash;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(credential, hash);
    return hash;
  };
}
