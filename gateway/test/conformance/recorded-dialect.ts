import type { DialectId } from "../../src/dialects/dialect.ts";
import type { RecordedExchange } from "../support/recordings.ts";

/** The protocol a recorded exchange speaks, by its URL, else by its provider; recordings without a URL are told by what they sent back. */
export function recordedDialect(exchange: RecordedExchange): DialectId {
  const { url } = exchange.request;
  const path = url.split("?", 1)[0] ?? "";
  if (exchange.provider === "bedrock" && !path.includes("/v1/")) return bedrockDialect(path, exchange);
  if (exchange.provider === "cohere" || exchange.provider === "replicate" || exchange.provider === "ollama")
    return exchange.provider;
  if (/\/messages$|\/complete$/.test(path) && !path.includes("/threads/")) return "anthropic-messages";
  if (path.endsWith("/responses")) return "openai-responses";
  if (path.endsWith("/embeddings")) return "openai-embeddings";
  if (exchange.provider === "anthropic") return "anthropic-messages";
  if (exchange.provider === "gemini" || exchange.provider === "vertex") return "gemini";
  if (exchange.provider === "huggingface") return "huggingface";
  const isForeign = ["watsonx", "alephalpha", "sagemaker"].includes(exchange.provider);
  return isForeign ? "opaque" : "openai-chat";
}

function bedrockDialect(path: string, exchange: RecordedExchange): DialectId {
  if (path.includes("/agents/")) return "opaque";
  if (path.includes("/converse")) return "bedrock-converse";
  if (path.includes("/invoke")) return "bedrock-invoke";
  const { body } = exchange.response;
  if (/"type":\s*"(message_start|message)"/.test(body)) return "anthropic-messages";
  if (/"response\.created"|"object":\s*"response"/.test(body)) return "openai-responses";
  if (/"choices"/.test(body)) return "openai-chat";
  return "bedrock-converse";
}
