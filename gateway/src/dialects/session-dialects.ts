import { deepgramSession } from "./deepgram-session.ts";
import { geminiSession } from "./gemini-session.ts";
import { openaiSession } from "./openai-session.ts";
import type { SessionDialect, SessionDialectId } from "./session-dialect.ts";

const dialects: Readonly<Record<SessionDialectId, SessionDialect>> = {
  "openai-session": openaiSession,
  "gemini-session": geminiSession,
  "deepgram-session": deepgramSession,
};

/** The dialect of that id. */
export function findSessionDialect(id: SessionDialectId): SessionDialect {
  return dialects[id];
}
