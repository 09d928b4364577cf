import { hkdfSync, randomBytes } from "node:crypto";

/** The key everything secret of an installation hangs on. */
export interface MasterKey {
  /** 32 bytes. Never written anywhere but into the key file, never logged. */
  readonly bytes: Buffer;
  /** Fingerprint, 16 hexadecimal characters; tells nothing of the key. */
  readonly id: string;
  /** Key under which data keys are wrapped, drawn from it. */
  readonly wrapping: Buffer;
}

const KEY_BYTES = 32;
const LEAST_CHARACTERS = 32;
const hexadecimal = /^[0-9a-f]{64}$/i;
const base64 = /^(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9_-]{43}=?)$/;

/**
 * The master key that a text stands for: 64 hexadecimal characters and 43 or 44 of base64 or base64url are the 32 bytes they encode;
 * of any other text, HKDF-SHA-256 (RFC 5869) makes the key. That spreads what chance is in the text and adds none: a sentence somebody
 * can guess stays one.
 * @throws Error for a text of less than 32 characters.
 */
export function masterKeyFromText(text: string): MasterKey {
  if ([...text].length < LEAST_CHARACTERS) throw new Error(`a master key has at least ${LEAST_CHARACTERS} characters`);
  if (hexadecimal.test(text)) return masterKeyOf(Buffer.from(text, "hex"));
  if (base64.test(text)) return masterKeyOf(Buffer.from(text, "base64"));
  return masterKeyOf(deriveKey(Buffer.from(text), "master key from text"));
}

/** A key of 32 random bytes. */
export function newMasterKey(): MasterKey {
  return masterKeyOf(randomBytes(KEY_BYTES));
}

function masterKeyOf(bytes: Buffer): MasterKey {
  return {
    bytes,
    id: deriveKey(bytes, "fingerprint").toString("hex", 0, 8),
    wrapping: deriveKey(bytes, "data keys"),
  };
}

/** 32 bytes for one purpose, by HKDF-SHA-256 (RFC 5869) out of `secret`; keys of different purposes tell nothing of each other. */
export function deriveKey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "headgate", purpose, KEY_BYTES));
}
