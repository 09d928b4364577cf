import { createHmac, timingSafeEqual } from "node:crypto";

/** What every token of ours begins with, so that scanners for leaked secrets and people know it. */
const PREFIX = "hg_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 256 bits need 43 digits of base 62. */
const SECRET_DIGITS = 43;
/** 32 bits need six. */
const CHECK_DIGITS = 6;
const TEXT_LENGTH = PREFIX.length + SECRET_DIGITS + CHECK_DIGITS;
const SECRET_BYTES = 32;

/**
 * A new token: `hg_`, 256 random bits as 43 digits of base 62, and six digits of CRC-32 over all before them, which tell a mistyped
 * or cut text from a token without asking anybody.
 * @param random gives that many random bytes.
 */
export function newTokenText(random: (sizeBytes: number) => Uint8Array): string {
  const secret = BigInt(`0x${Buffer.from(random(SECRET_BYTES)).toString("hex")}`);
  const text = PREFIX + digitsOf(secret, SECRET_DIGITS);
  return text + checkDigits(text);
}

/** Whether a text has the form of a token of ours, check digits included. It says nothing of whether there is such a token. */
export function isTokenText(text: string): boolean {
  if (text.length !== TEXT_LENGTH || !text.startsWith(PREFIX)) return false;
  const checked = text.slice(0, -CHECK_DIGITS);
  return text.endsWith(checkDigits(checked));
}

/** Whether some part of a text is a token of ours, as in `Bearer hg_…`. */
export function holdsTokenText(text: string): boolean {
  for (let at = text.indexOf(PREFIX); at >= 0; at = text.indexOf(PREFIX, at + 1)) {
    if (isTokenText(text.slice(at, at + TEXT_LENGTH))) return true;
  }
  return false;
}

/** What may be shown of a token so that people tell one from another. */
export function shownParts(text: string): { readonly prefix: string; readonly lastFour: string } {
  return { prefix: text.slice(0, PREFIX.length + 4), lastFour: text.slice(-4) };
}

/**
 * What is kept of a token: HMAC-SHA-256 of its text under a key of this installation, in hexadecimal. Whoever reads the store can neither
 * turn it back nor use it as a token.
 */
export function hashToken(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** Whether two hashes are the same, in the same time wherever they differ. */
export function isSameHash(left: string, right: string): boolean {
  const leftBytes = Buffer.from(left);
  const rightBytes = Buffer.from(right);
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}

function checkDigits(text: string): string {
  return digitsOf(BigInt(Bun.hash.crc32(text)), CHECK_DIGITS);
}

function digitsOf(value: bigint, count: number): string {
  let rest = value;
  let digits = "";
  for (let place = 0; place < count; place += 1) {
    digits = (DIGITS[Number(rest % 62n)] as string) + digits;
    rest /= 62n;
  }
  return digits;
}
