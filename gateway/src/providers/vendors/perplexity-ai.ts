import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Perplexity, https://docs.perplexity.ai/api-reference. */
export const perplexityAi: Provider = {
  slug: "perplexity-ai",
  aliases: ["perplexity"],
  title: "Perplexity",
  baseUrl: "https://api.perplexity.ai",
  credentialHeaders: ["authorization"],
  priceKey: "perplexity",
  dialectFor: openAiDialect,
  compat: {
    ...openAiCompat,
    route: ({ endpoint }) => ({ path: endpoint === "embeddings" ? "v1/embeddings" : endpoint }),
  },
};
