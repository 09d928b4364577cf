import type { CompatRule } from "./provider.ts";

/** Region of keys that name none (reference §1.5). */
const DEFAULT_REGION = "us-east-1";
/** Families that answer in the vendor's own protocols only. */
const OWN_PROTOCOL = /(?:^|\.)(?:anthropic|amazon)\./;
/** Ids of the runtime end in a version; those of Mantle do not. */
const RUNTIME_ID = /^openai\..*:\d+$/;
const PROFILE = /^(?:global|regional)\./;

/**
 * Amazon Bedrock's OpenAI-compatible endpoints, https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions-mantle.html:
 * Mantle serves them for most families, the runtime for OpenAI's under their versioned ids. Claude and Nova are served in the
 * vendor's own protocols only. The region is that of a stored key that signs, else the default (reference §1.5).
 */
export const bedrockCompat: CompatRule = {
  endpoints: ["chat/completions"],
  below: "v1",
  keyFields: ["x-api-key"],
  route: ({ model, endpoint, region: keyRegion }) => {
    if (OWN_PROTOCOL.test(model)) return null;
    const region = keyRegion ?? DEFAULT_REGION;
    const routed = { values: { region }, model };
    if (RUNTIME_ID.test(model)) {
      return { ...routed, path: `openai/v1/${endpoint}`, signing: { service: "bedrock", region } };
    }
    return { ...routed, path: `v1/${endpoint}`, base: "mantle", signing: { service: "bedrock-mantle", region } };
  },
  listedName: (id) =>
    OWN_PROTOCOL.test(id) || PROFILE.test(id) || (id.includes(":") && !RUNTIME_ID.test(id)) ? null : id,
};
