import { anthropicMessages } from "./anthropic-messages.ts";
import { bedrockConverse } from "./bedrock-converse.ts";
import { bedrockInvoke } from "./bedrock-invoke.ts";
import { cohere } from "./cohere.ts";
import type { Dialect, DialectId } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { huggingface } from "./huggingface.ts";
import { ollama } from "./ollama.ts";
import { opaque } from "./opaque.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { openaiResponses } from "./openai-responses.ts";
import { replicate } from "./replicate.ts";
import { workersAi } from "./workers-ai.ts";

const dialects: Readonly<Record<DialectId, Dialect>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-embeddings": openaiEmbeddings,
  "anthropic-messages": anthropicMessages,
  gemini,
  "bedrock-converse": bedrockConverse,
  "bedrock-invoke": bedrockInvoke,
  cohere,
  "workers-ai": workersAi,
  huggingface,
  replicate,
  ollama,
  opaque,
};

/** Every dialect's id, for the configuration's schema. */
export const dialectIds = Object.keys(dialects) as readonly DialectId[];

/** The dialect of that id. */
export function findDialect(id: DialectId): Dialect {
  return dialects[id];
}
