import type { DialectId } from "./dialect.ts";
import { isRecord, type Members } from "./forms/members.ts";

/** The question of a request, and everything else. */
export interface CutQuestion {
  /** The last message's text. */
  readonly text: string;
  /** The body with an empty text in its place: equal for requests that differ in nothing but the question. */
  readonly rest: Members;
}

/** What asks for more than a text: an answer that acts, or several. */
const ACTING = ["tools", "functions", "tool_choice", "toolConfig", "tool_config", "modalities", "audio"];

/**
 * Cuts the last message's text out of a parsed body, where that message is a user's and holds one text and nothing else. Null for every other
 * request: with images or files in its last message, with tools, for several answers, or of a protocol that is not known for its questions.
 */
export function cutQuestion(dialect: DialectId, body: unknown): CutQuestion | null {
  if (!isRecord(body) || ACTING.some((name) => body[name] !== undefined) || asksForSeveral(body)) return null;
  switch (dialect) {
    case "openai-chat":
    case "anthropic-messages":
      return cutLast(body, "messages", "content");
    case "openai-responses":
      return typeof body["input"] === "string"
        ? { text: body["input"], rest: { ...body, input: "" } }
        : cutLast(body, "input", "content");
    case "gemini":
      return cutLast(body, "contents", "parts");
    default:
      return null;
  }
}

function asksForSeveral(body: Members): boolean {
  const { n, generationConfig } = body;
  const count = n ?? (isRecord(generationConfig) ? generationConfig["candidateCount"] : undefined);
  return count !== undefined && count !== null && count !== 1;
}

function cutLast(body: Members, list: string, member: string): CutQuestion | null {
  const messages = body[list];
  if (!Array.isArray(messages)) return null;
  const last: unknown = messages.at(-1);
  if (!isRecord(last) || (last["role"] ?? "user") !== "user") return null;
  const cut = cutText(last[member]);
  if (cut === null) return null;
  return { text: cut.text, rest: { ...body, [list]: [...messages.slice(0, -1), { ...last, [member]: cut.rest }] } };
}

/** Of a text, or of a list with one part that is a text. */
function cutText(content: unknown): { readonly text: string; readonly rest: unknown } | null {
  if (typeof content === "string") return { text: content, rest: "" };
  const part: unknown = Array.isArray(content) && content.length === 1 ? content[0] : null;
  if (!isRecord(part) || typeof part["text"] !== "string") return null;
  return { text: part["text"], rest: [{ ...part, text: "" }] };
}
