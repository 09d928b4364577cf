import { readPath } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import type { SessionDialect } from "./session-dialect.ts";
import { watchTexts } from "./watched-text.ts";

/**
 * Live transcription: the last message, `Metadata`, tells how many seconds of audio were heard.
 * Source: developers.deepgram.com/docs/lower-level-websockets.
 */
export const deepgramSession: SessionDialect = {
  id: "deepgram-session",
  usage: planUsage({ at: [""], merge: "last", counts: { audioSeconds: [["duration"]] } }),
  modelPaths: [],
  hasBinaryJson: false,
  clientModelPaths: [],
  watch: watchTexts("Metadata"),
  usageEffect: (body) => (readPath(body, "type") === "Metadata" ? "adds" : "nothing"),
  endsTurn: () => false,
};
