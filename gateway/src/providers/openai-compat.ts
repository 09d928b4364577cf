import type { CompatRule } from "./provider.ts";

/** Rule of vendors whose API is OpenAI's own layout below a version: chat completions and embeddings. */
export const openAiCompat: CompatRule = { endpoints: ["chat/completions", "embeddings"], below: "v1" };

/** The same for vendors that serve responses, too. */
export const openAiResponsesCompat: CompatRule = {
  endpoints: ["chat/completions", "embeddings", "responses"],
  below: "v1",
};

/** The same for vendors that serve chat completions only. */
export const openAiChatCompat: CompatRule = { endpoints: ["chat/completions"], below: "v1" };
