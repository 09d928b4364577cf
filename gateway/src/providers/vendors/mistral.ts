import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Mistral AI, https://docs.mistral.ai/api. */
export const mistral: Provider = {
  slug: "mistral",
  title: "Mistral AI",
  baseUrl: "https://api.mistral.ai",
  credentialHeaders: ["authorization"],
  priceKey: "mistral",
  dialectFor: openAiDialect,
  compat: openAiCompat,
};
