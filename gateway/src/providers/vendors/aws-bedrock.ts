import { applyBedrockKey } from "../apply-bedrock-key.ts";
import { bedrockCompat } from "../bedrock-compat.ts";
import { bearerToApiKey } from "../bearer-to-api-key.ts";
import { decodeSegment } from "../decode-segment.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { invalidTarget, type Provider } from "../provider.ts";
import { awsCredentials } from "../sign-aws-request.ts";

// The region's form is strict because other AWS services serve customers' own names under the same domain.
const SERVICE = /^bedrock-(runtime|mantle|agent-runtime)\/([a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2})(?:\/(.*))?$/;

/**
 * Amazon Bedrock, https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html: `{service}/{region}/{rest}`. Signed requests pass
 * untouched, so they must be signed for AWS's own host. Mantle's Messages endpoint takes a bearer key as `x-api-key` (reference §1.5).
 */
export const awsBedrock: Provider = {
  slug: "aws-bedrock",
  aliases: ["bedrock"],
  title: "Amazon Bedrock",
  baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
  otherBaseUrls: {
    mantle: "https://bedrock-mantle.{region}.api.aws",
    "agent-runtime": "https://bedrock-agent-runtime.{region}.amazonaws.com",
  },
  credentialHeaders: ["authorization", "x-api-key"],
  credentialQuery: ["X-Amz-Signature"],
  applyKey: applyBedrockKey,
  signingRegion: (secret) => awsCredentials(secret)?.region ?? null,
  priceKey: "aws",
  dialectFor: (path) => {
    if (/\/converse(?:-stream)?$/.test(path)) return "bedrock-converse";
    return /\/invoke(?:-with-response-stream)?$/.test(path) ? "bedrock-invoke" : openAiDialect(path);
  },
  modelFromPath: (path) => decodeSegment(/^model\/(.+)\/[a-z-]+$/.exec(path)?.[1] ?? "") || null,
  route: ({ rest, headers }) => {
    const [, service, region, path = ""] = SERVICE.exec(rest) ?? [];
    if (service === undefined || region === undefined) {
      throw invalidTarget("path", "bedrock-(runtime|mantle|agent-runtime)/{region}/… is expected");
    }
    const signing = { service: service === "mantle" ? "bedrock-mantle" : "bedrock", region };
    const routed = { path, values: { region }, signing };
    if (service === "runtime") return routed;
    const isMessages = service === "mantle" && path.startsWith("anthropic/");
    return { ...routed, base: service, headers: isMessages ? bearerToApiKey(headers) : headers };
  },
  compat: bedrockCompat,
};
