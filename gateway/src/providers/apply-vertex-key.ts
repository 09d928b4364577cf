import { type ApplyKey, bearerKey, jsonSecret, keyInField } from "./apply-key.ts";

const ACCESS_TOKEN = /^ya29\./;
const keyField = keyInField("x-goog-api-key");

/**
 * Puts a stored secret on a request to Vertex AI: an access token, an API key, or a service account's JSON, which goes the way of one
 * that a client sent (reference §1.5, form 2): the credential step exchanges it.
 */
export const applyVertexKey: ApplyKey = (request, secret) => {
  if (jsonSecret(secret) !== null) return bearerKey(request, Buffer.from(secret.trim()).toString("base64"));
  return (ACCESS_TOKEN.test(secret) ? bearerKey : keyField)(request, secret);
};
