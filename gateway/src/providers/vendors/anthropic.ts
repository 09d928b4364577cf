import { openAiChatCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Anthropic, https://docs.anthropic.com/en/api. */
export const anthropic: Provider = {
  slug: "anthropic",
  title: "Anthropic",
  baseUrl: "https://api.anthropic.com",
  credentialHeaders: ["x-api-key", "authorization"],
  priceKey: "anthropic",
  dialectFor: openAiDialect,
  compat: { ...openAiChatCompat, keyFields: ["x-api-key"] },
};
