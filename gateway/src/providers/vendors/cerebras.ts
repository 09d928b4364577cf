import { openAiChatCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Cerebras, https://inference-docs.cerebras.ai/api-reference. */
export const cerebras: Provider = {
  slug: "cerebras",
  title: "Cerebras",
  baseUrl: "https://api.cerebras.ai/v1",
  credentialHeaders: ["authorization"],
  priceKey: "cerebras",
  dialectFor: openAiDialect,
  compat: openAiChatCompat,
};
