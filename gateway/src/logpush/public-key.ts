import { createPublicKey, type KeyObject } from "node:crypto";

/** Under this many bits a key is not worth the name any more (NIST SP 800-131A). */
const leastBits = 2048;

/**
 * The key a gateway's records are encrypted with, from its `logpush_public_key`: RSA of 2,048 bits or more, PEM with `PUBLIC KEY` or
 * `RSA PUBLIC KEY`.
 * @throws Error with the product's words, "Invalid logpush RSA public key", and the reason.
 */
export function readPublicKey(pem: string): KeyObject {
  const refuse = (reason: string): Error => new Error(`Invalid logpush RSA public key: ${reason}`);
  if (pem.includes("PRIVATE KEY"))
    throw refuse("this is the private key, which belongs to the reader of the logs only");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw refuse("expected PEM");
  }
  if (key.asymmetricKeyType !== "rsa") throw refuse(`expected RSA, got ${key.asymmetricKeyType}`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < leastBits) throw refuse(`expected ${leastBits} bits or more, got ${bits}`);
  return key;
}
