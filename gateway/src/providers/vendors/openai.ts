import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** OpenAI, https://platform.openai.com/docs/api-reference. */
export const openai: Provider = {
  slug: "openai",
  title: "OpenAI",
  baseUrl: "https://api.openai.com/v1",
  credentialHeaders: ["authorization"],
  priceKey: "openai",
  dialectFor: openAiDialect,
  compat: openAiCompat,
};
