import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Groq, https://console.groq.com/docs/api-reference. */
export const groq: Provider = {
  slug: "groq",
  title: "Groq",
  baseUrl: "https://api.groq.com/openai/v1",
  credentialHeaders: ["authorization"],
  priceKey: "groq",
  dialectFor: openAiDialect,
  compat: openAiResponsesCompat,
};
