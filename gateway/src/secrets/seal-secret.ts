import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { SealedSecret, SecretContext } from "../core/sealed-secret.ts";
import type { MasterKey } from "./master-key.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A sealed secret cannot be opened. The message says why and holds nothing of it. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";
}

/** Seals `text` for one object under a fresh data key. */
export function sealSecret(key: MasterKey, text: string, context: SecretContext): SealedSecret {
  const dataKey = randomBytes(KEY_BYTES);
  return {
    sealed: 1,
    keyId: key.id,
    dataKey: encrypt(key.wrapping, dataKey, WRAPPED),
    text: encrypt(dataKey, Buffer.from(text), associated(context)),
  };
}

/**
 * The text of a sealed secret.
 * @throws UnsealError when it was sealed under another master key, for another object, or was changed since.
 */
export function openSecret(key: MasterKey, sealed: SealedSecret, context: SecretContext): string {
  const dataKey = unwrap(key, sealed);
  const text = decrypt(dataKey, sealed.text, associated(context));
  if (text === null) throw new UnsealError("the secret was sealed for another object, or was changed since");
  return text.toString("utf8");
}

/**
 * The same secret under another master key. Its text is not opened for that: only the data key is wrapped anew.
 * @throws UnsealError when it is not wrapped under `from`.
 */
export function rewrapSecret(sealed: SealedSecret, from: MasterKey, to: MasterKey): SealedSecret {
  return { ...sealed, keyId: to.id, dataKey: encrypt(to.wrapping, unwrap(from, sealed), WRAPPED) };
}

function unwrap(key: MasterKey, sealed: SealedSecret): Buffer {
  if (sealed.keyId !== key.id) {
    throw new UnsealError(`the secret was sealed under the master key ${sealed.keyId}, and this one is ${key.id}`);
  }
  const dataKey = decrypt(key.wrapping, sealed.dataKey, WRAPPED);
  if (dataKey?.length !== KEY_BYTES) throw new UnsealError("the secret's data key was changed since it was sealed");
  return dataKey;
}

const WRAPPED = Buffer.from("headgate data key 1");

/** A list as JSON, so that no id can be drawn out into the next member. */
function associated({ accountId, kind, id }: SecretContext): Buffer {
  return Buffer.from(JSON.stringify(["headgate secret 1", accountId, kind, id]));
}

function encrypt(key: Buffer, text: Buffer, context: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

function decrypt(key: Buffer, encoded: string, context: Buffer): Buffer | null {
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(context);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
