import { createHmac } from "node:crypto";

/** What is signed. */
export interface UnsignedAlert {
  readonly id: string;
  /** When it is sent, Unix seconds. */
  readonly atSeconds: number;
  readonly body: string;
}

/** Marks a secret that is given in base64. */
const BASE64_PREFIX = "whsec_";

/**
 * The fields that let a receiver tell who sent an alert, and that it is not one sent before: HMAC-SHA-256 over id, time and body, as
 * Standard Webhooks has it (standard-webhooks specification 1.0, "Signature scheme").
 * @param secret any text; behind `whsec_` base64.
 */
export function signedFields(secret: string, { id, atSeconds, body }: UnsignedAlert): Readonly<Record<string, string>> {
  const key = secret.startsWith(BASE64_PREFIX)
    ? Buffer.from(secret.slice(BASE64_PREFIX.length), "base64")
    : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${atSeconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(atSeconds), "webhook-signature": `v1,${signature}` };
}
