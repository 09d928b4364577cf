import { type ApplyKey, bearerKey, jsonSecret, keyInField, UnusableSecret } from "./apply-key.ts";

const ACCESS_TOKEN = /^ya29\./;
/** Members of a service account's key file without which no token can be minted. */
const NEEDED = ["client_email", "private_key"];
const keyField = keyInField("x-goog-api-key");

/**
 * Puts a stored secret on a request to Vertex AI: an access token, an API key, or a service account's JSON, which goes the way of one
 * that a client sent (reference §1.5, form 2): the credential step exchanges it.
 */
export const applyVertexKey: ApplyKey = (request, secret) => {
  const account = jsonSecret(secret);
  if (account !== null) {
    const missing = NEEDED.find((member) => typeof account[member] !== "string" || account[member] === "");
    if (missing !== undefined) throw new UnusableSecret(`its member ${missing} is missing or is no text`);
    return bearerKey(request, Buffer.from(secret.trim()).toString("base64"));
  }
  return (ACCESS_TOKEN.test(secret) ? bearerKey : keyField)(request, secret);
};
