import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes } from "node:crypto";

/** A member of a record that only the owner of the private key can read (reference §10.7 and A.11); all three are base64. */
export interface EncryptedMember {
  readonly type: "encrypted";
  /** The record's AES-256 key, encrypted with RSA-OAEP with SHA-256. */
  readonly key: string;
  /** 12 bytes, different for each member. */
  readonly iv: string;
  /** AES-256-GCM ciphertext with the 16 bytes of its tag behind it. */
  readonly data: string;
}

/** Bytes of an AES-256 key. */
const keyBytes = 32;
/** Bytes of an initialisation vector (NIST SP 800-38D, §5.2.1.1 recommends 96 bits). */
const ivBytes = 12;

/** Encrypts the members of one record under one new key. */
export function encryptMembers<Name extends string>(
  members: Readonly<Record<Name, Uint8Array>>,
  publicKey: KeyObject,
): Record<Name, EncryptedMember> {
  const secret = randomBytes(keyBytes);
  const options = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const key = publicEncrypt(options, secret).toString("base64");
  const encrypt = (plain: Uint8Array): EncryptedMember => {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", secret, iv);
    const data = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { type: "encrypted", key, iv: iv.toString("base64"), data: data.toString("base64") };
  };
  const names = Object.keys(members) as Name[];
  return Object.fromEntries(names.map((name) => [name, encrypt(members[name])])) as Record<Name, EncryptedMember>;
}
