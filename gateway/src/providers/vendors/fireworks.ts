import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Fireworks AI, https://docs.fireworks.ai/api-reference. */
export const fireworks: Provider = {
  slug: "fireworks",
  title: "Fireworks AI",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  credentialHeaders: ["authorization"],
  priceKey: "fireworks",
  dialectFor: openAiDialect,
  compat: { ...openAiResponsesCompat, listedName: (id) => `accounts/fireworks/models/${id}` },
};
