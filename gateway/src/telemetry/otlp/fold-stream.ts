import { type ConventionMessage, outputMessages } from "./chat-messages.ts";

type Members = Readonly<Record<string, unknown>>;

interface Folded {
  text: string;
  finishReason: string | null;
}

/**
 * The messages that a stream's events add up to: its text per choice, and why it ended. Calls of tools are left to the events
 * themselves. A final event that repeats the whole answer is taken instead.
 */
export function foldStream(events: readonly unknown[]): ConventionMessage[] {
  const last = events.findLast((event) => Array.isArray(members(members(event)["response"])["output"]));
  const repeated = last === undefined ? [] : outputMessages(members(last)["response"]);
  if (repeated.length > 0) return repeated;
  const choices = new Map<number, Folded>();
  for (const event of events) addEvent(choices, members(event));
  return [...choices].toSorted(([a], [b]) => a - b).flatMap(([, folded]) => messageOf(folded));
}

function addEvent(choices: Map<number, Folded>, event: Members): void {
  const listed = event["choices"] ?? event["candidates"];
  for (const choice of Array.isArray(listed) ? listed.map(members) : [event]) {
    const index = Array.isArray(listed) && typeof choice["index"] === "number" ? choice["index"] : 0;
    const folded = choices.get(index) ?? { text: "", finishReason: null };
    choices.set(index, folded);
    folded.text += deltaText(choice);
    folded.finishReason = finishReason(choice) ?? folded.finishReason;
  }
}

function deltaText(choice: Members): string {
  const delta = choice["delta"] ?? choice["message"] ?? choice["content"] ?? choice["text"] ?? choice["response"];
  if (typeof delta === "string") return delta;
  const { content, text, parts } = members(delta);
  if (Array.isArray(parts)) return parts.map((part) => textOf(members(part)["text"])).join("");
  return textOf(content) + textOf(text);
}

function finishReason(choice: Members): string | null {
  const inner = members(choice["delta"]);
  const reason = choice["finish_reason"] ?? choice["finishReason"] ?? choice["done_reason"] ?? inner["stop_reason"];
  return typeof reason === "string" ? reason : null;
}

function messageOf({ text, finishReason: reason }: Folded): ConventionMessage[] {
  if (text === "") return [];
  const message = { role: "assistant", parts: [{ type: "text", content: text }] };
  return [reason === null ? message : { ...message, finish_reason: reason }];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}
