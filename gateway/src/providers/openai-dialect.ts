import type { DialectId } from "../dialects/dialect.ts";

const ONE_RESPONSE = /(?:^|\/)responses\/[^/]+$/;
const MESSAGES = /^(?:.*\/)?v\d+\/messages$/;

/**
 * Protocol of an endpoint that follows OpenAI's layout, by path: `…/completions`, `…/embeddings`, `…/responses` and one response,
 * and the Messages endpoint that many vendors serve beside them. Everything else (files, images, audio, threads) is opaque.
 */
export function openAiDialect(path: string): DialectId {
  switch (path.slice(path.lastIndexOf("/") + 1)) {
    case "completions":
      return "openai-chat";
    case "embeddings":
      return "openai-embeddings";
    case "responses":
      return "openai-responses";
    case "messages":
      return path === "messages" || MESSAGES.test(path) ? "anthropic-messages" : "opaque";
    default:
      return ONE_RESPONSE.test(path) ? "openai-responses" : "opaque";
  }
}
