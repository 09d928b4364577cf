import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiUsage } from "./openai-usage.ts";
import { planUsage } from "./read-usage.ts";

/** Embeddings: nothing is generated, so a speaker that tells only the total tells the input. Never streamed. */
export const openaiEmbeddings: Dialect = {
  ...openaiChat,
  id: "openai-embeddings",
  usage: planUsage({
    ...openaiUsage,
    counts: { ...openaiUsage.counts, inputTokens: [["prompt_tokens", "input_tokens", "total_tokens"]] },
  }),
  finishRequiredIn: [],
  terminator: null,
};
