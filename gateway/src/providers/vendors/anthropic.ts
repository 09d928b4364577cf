import { keyInField } from "../apply-key.ts";
import { openAiChatCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Endpoints that clients of the universal endpoint name without their version, as `@cloudflare/tanstack-ai` does. */
const WITHOUT_VERSION = /^messages(?:\/|$)/;

/** Anthropic, https://docs.anthropic.com/en/api. A missing version is added. */
export const anthropic: Provider = {
  slug: "anthropic",
  title: "Anthropic",
  baseUrl: "https://api.anthropic.com",
  credentialHeaders: ["x-api-key", "authorization"],
  applyKey: keyInField("x-api-key"),
  priceKey: "anthropic",
  dialectFor: openAiDialect,
  route: ({ rest }) => ({ path: WITHOUT_VERSION.test(rest) ? `v1/${rest}` : rest }),
  runsAs: "messages",
  compat: {
    ...openAiChatCompat,
    endpoints: [...openAiChatCompat.endpoints, "messages"],
    keyFields: ["x-api-key"],
    defaultField: { messages: ["anthropic-version", "2023-06-01"] },
    // "claude-haiku-4.5" is what people say and "claude-haiku-4-5" the id; no id has a dot.
    ownName: (model) => model.replaceAll(".", "-"),
  },
};
