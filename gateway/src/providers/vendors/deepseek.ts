import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** DeepSeek, https://api-docs.deepseek.com. */
export const deepseek: Provider = {
  slug: "deepseek",
  title: "DeepSeek",
  baseUrl: "https://api.deepseek.com",
  credentialHeaders: ["authorization"],
  priceKey: "deepseek",
  dialectFor: openAiDialect,
  compat: { endpoints: ["chat/completions"], below: "" },
};
