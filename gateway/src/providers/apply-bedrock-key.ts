import { type ApplyKey, bearerKey, keyInField } from "./apply-key.ts";
import { awsCredentials, signAwsRequest } from "./sign-aws-request.ts";

const apiKeyField = keyInField("x-api-key");

/** Puts a stored secret on a request to Bedrock: JSON signs it, anything else is a Bedrock API key, for whose field see reference §1.5. */
export const applyBedrockKey: ApplyKey = (request, secret) => {
  const credentials = awsCredentials(secret);
  if (credentials !== null) return signAwsRequest(request, credentials);
  const isMessages = request.signing?.service === "bedrock-mantle" && request.target.includes("/anthropic/");
  return (isMessages ? apiKeyField : bearerKey)(request, secret);
};
