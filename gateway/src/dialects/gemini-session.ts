import { gemini } from "./gemini.ts";
import { readPath } from "./read-path.ts";
import type { SessionDialect } from "./session-dialect.ts";
import { watchTexts } from "./watched-text.ts";

/**
 * Sessions of the Live API. `usageMetadata` may come with any message and tells of the turn so far, prompt and history included;
 * the model is named in the client's first message.
 * Source: ai.google.dev/api/live.
 */
export const geminiSession: SessionDialect = {
  id: "gemini-session",
  usage: gemini.usage,
  modelPaths: [],
  hasBinaryJson: true,
  clientModelPaths: ["setup.model"],
  watch: watchTexts("usageMetadata", "turnComplete"),
  usageEffect: () => "replaces",
  endsTurn: (body) => readPath(body, "serverContent.turnComplete") === true,
};
