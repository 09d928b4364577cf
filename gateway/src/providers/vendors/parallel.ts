import { keyInField } from "../apply-key.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

/** Parallel, https://docs.parallel.ai/api-reference. */
export const parallel: Provider = {
  slug: "parallel",
  title: "Parallel",
  baseUrl: "https://api.parallel.ai",
  credentialHeaders: ["x-api-key", "authorization"],
  applyKey: keyInField("x-api-key"),
  priceKey: null,
  dialectFor: openAiDialect,
  compat: { endpoints: ["chat/completions"], below: "", keyFields: ["x-api-key"] },
};
