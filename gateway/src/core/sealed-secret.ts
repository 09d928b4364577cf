/**
 * A secret as it may be stored anywhere: its text under AES-256-GCM with a random data key of its own, and that data key under
 * AES-256-GCM with the master key. Plain JSON; binary members are base64url without padding.
 */
export interface SealedSecret {
  readonly sealed: 1;
  /** Fingerprint of the master key that wraps the data key. */
  readonly keyId: string;
  /** Nonce (12 bytes), data key (32) under the master key, tag (16). */
  readonly dataKey: string;
  /** Nonce (12 bytes), the text in UTF-8 under the data key, tag (16). */
  readonly text: string;
}

/** Whose secret it is. It is bound to this: sealed for one object it cannot be opened for another. */
export interface SecretContext {
  /** Empty for objects of the whole installation. */
  readonly accountId: string;
  readonly kind: string;
  readonly id: string;
}

/** Makes secrets unreadable for whoever lacks the master key. */
export type SealSecret = (text: string, context: SecretContext) => SealedSecret;

/** Whether a value out of a store has the outline of a sealed secret. */
export function isSealedSecret(value: unknown): value is SealedSecret {
  if (typeof value !== "object" || value === null) return false;
  const { sealed, keyId, dataKey, text } = value as Partial<Record<keyof SealedSecret, unknown>>;
  return sealed === 1 && typeof keyId === "string" && typeof dataKey === "string" && typeof text === "string";
}
