import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** OpenRouter, https://openrouter.ai/docs/api-reference. */
export const openrouter: Provider = {
  slug: "openrouter",
  title: "OpenRouter",
  baseUrl: "https://openrouter.ai/api/v1",
  credentialHeaders: ["authorization"],
  priceKey: "openrouter",
  dialectFor: openAiDialect,
  compat: openAiResponsesCompat,
};
