/** A batch to deliver. */
export interface LogpushFile {
  /** UUIDv7 of the batch. A batch that is delivered twice comes with the same one. */
  readonly id: string;
  /** `20261120/20261120T091502Z_{id}.ndjson.gz`. */
  readonly objectName: string;
  /** NDJSON, gzip. */
  readonly bytes: Uint8Array;
  readonly recordCount: number;
}

/** Takes batches. A batch of the same name replaces the one before. */
export interface LogpushTarget {
  /** Rejects when the batch may not have arrived: a `DeliveryError`, or any other error. */
  deliver(file: LogpushFile, signal: AbortSignal): Promise<void>;
}

/** A delivery failed; the message is a status or a word, never an address or a secret. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
}

/** The secret behind a reference; null when there is none by now. */
export type ResolveSecret = (reference: string) => Promise<string | null>;

/** @throws DeliveryError when there is no such secret. */
export async function neededSecret(resolveSecret: ResolveSecret, reference: string): Promise<string> {
  const secret = await resolveSecret(reference).catch(() => null);
  if (secret === null) throw new DeliveryError("secret_missing");
  return secret;
}
