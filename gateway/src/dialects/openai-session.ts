import { openaiUsage } from "./openai-usage.ts";
import { readPath } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import type { SessionDialect } from "./session-dialect.ts";
import { watchTexts } from "./watched-text.ts";

/** Each of these ends one response and tells what it alone used; the first is of the Realtime API, the others of Responses over a socket. */
const responseEnds: ReadonlySet<unknown> = new Set([
  "response.done",
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

/**
 * Sessions of the Realtime API and of the Responses API over a WebSocket, of the OpenAI platform and all who speak like it. What a
 * session's transcription of its input used is told at another model's price, so it is not added.
 * Sources: platform.openai.com/docs/api-reference/realtime-server-events, platform.openai.com/docs/guides/websocket-mode.
 */
export const openaiSession: SessionDialect = {
  id: "openai-session",
  usage: planUsage({ ...openaiUsage, at: ["response.usage"] }),
  modelPaths: ["session.model", "response.model"],
  hasBinaryJson: false,
  clientModelPaths: [],
  watch: watchTexts("session.created", "response.done", "response.completed", "response.incomplete", "response.failed"),
  usageEffect: (body) => (responseEnds.has(readPath(body, "type")) ? "adds" : "nothing"),
  endsTurn: () => false,
};
