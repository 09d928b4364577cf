import { constants, createDecipheriv, type KeyObject, privateDecrypt } from "node:crypto";
import type { EncryptedMember } from "./encrypt-members.ts";

const tagBytes = 16;

/** Whether a member of a parsed record is an encrypted one. */
export function isEncryptedMember(value: unknown): value is EncryptedMember {
  if (typeof value !== "object" || value === null) return false;
  const member = value as Readonly<Record<string, unknown>>;
  return member["type"] === "encrypted" && ["key", "iv", "data"].every((name) => typeof member[name] === "string");
}

/**
 * The bytes that `encryptMembers` was given.
 * @throws Error when the key is another one's, or the member was changed.
 */
export function decryptMember(member: EncryptedMember, privateKey: KeyObject): Buffer {
  const options = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const secret = privateDecrypt(options, Buffer.from(member.key, "base64"));
  const sealed = Buffer.from(member.data, "base64");
  if (sealed.length < tagBytes) throw new Error("the data is shorter than its tag");
  const decipher = createDecipheriv("aes-256-gcm", secret, Buffer.from(member.iv, "base64"), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
}
