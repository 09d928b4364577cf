import type { SealedSecret, SealSecret, SecretContext } from "../core/sealed-secret.ts";
import type { KeyMaterial } from "./load-keys.ts";
import { deriveKey, masterKeyFromText } from "./master-key.ts";
import { openSecret, sealSecret } from "./seal-secret.ts";

/** What a process does with the keys of its installation. */
export interface InstallationKeys {
  readonly seal: SealSecret;
  /** Throws UnsealError for a secret of another master key or of another object, or one that was changed. */
  readonly open: (sealed: SealedSecret, context: SecretContext) => string;
  /** 32 bytes under which API tokens are hashed. Outlives rotations of the master key, as hashes cannot be made anew. */
  readonly tokenHashKey: Buffer;
  /** 32 bytes under which sessions of people are signed. Outlives rotations. */
  readonly sessionKey: Buffer;
}

/** The keys that material out of `loadKeys` stands for. */
export function openInstallationKeys(material: KeyMaterial): InstallationKeys {
  const master = masterKeyFromText(material.masterKey);
  const root = Buffer.from(material.rootKey, "base64url");
  return {
    seal: (text, context) => sealSecret(master, text, context),
    open: (sealed, context) => openSecret(master, sealed, context),
    tokenHashKey: deriveKey(root, "token hashes"),
    sessionKey: deriveKey(root, "sessions"),
  };
}
