import type { EventKind, StreamEvent, WatchedText } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { isRecord, readText } from "./read-path.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const finishTypes: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.cancelled",
  "transcript.text.done",
  "speech.audio.done",
  "image_generation.completed",
  "image_edit.completed",
  "session.closed",
]);

const preludeTypes: ReadonlySet<string> = new Set([
  "response.created",
  "response.queued",
  "response.in_progress",
  "response.reasoning_summary_part.added",
  "response.reasoning_part.added",
  "session.created",
  "thread.created",
  "thread.run.created",
  "thread.run.queued",
  "thread.run.in_progress",
  "thread.run.step.created",
  "thread.run.step.in_progress",
  "thread.message.created",
  "thread.message.in_progress",
]);

const errorTypes: ReadonlySet<string> = new Set([
  "error",
  "response.failed",
  "thread.run.failed",
  "thread.run.expired",
]);

/** What to look for in the events that `classifyOpenaiEvent` takes. */
export const openaiWatch: readonly WatchedText[] = [
  ...watchMembers("usage", "error", "finish_reason"),
  ...watchTexts(
    "[DONE]",
    '"response.completed"',
    '"response.incomplete"',
    '"response.cancelled"',
    '"response.failed"',
    '"transcript.text.done"',
    '"speech.audio.done"',
    '"session.closed"',
    ".completed",
    "thread.run.",
    "event: error",
    'type":"error"',
    'type": "error"',
  ),
];

/**
 * Events of every stream the OpenAI platform and its look-alikes send: chat and completion chunks, Responses, threads, transcripts, speech, images.
 * They tell themselves apart, so one reading serves all of them. Source: platform.openai.com/docs/api-reference, "Streaming events" of each endpoint.
 */
export function classifyOpenaiEvent(event: StreamEvent): EventKind {
  if (event.data.trim() === "[DONE]") return "finish";
  const body = event.body;
  if (!isRecord(body)) return event.data === "" ? "prelude" : "content";
  const type = typeof body["type"] === "string" ? body["type"] : event.type;
  if (errorTypes.has(type) || openaiErrorIn(body) !== null) return "error";
  if (finishTypes.has(type)) return "finish";
  if (preludeTypes.has(type) || preludeTypes.has(event.type)) return "prelude";
  if (type === "response.output_item.added") return isSilentItem(body["item"]) ? "prelude" : "content";
  if (type === "response.content_part.added") return isSilentPart(body["part"]) ? "prelude" : "content";
  return Array.isArray(body["choices"]) ? classifyChoices(body["choices"]) : "content";
}

/** The error text in a body or event of this family; null when there is none. A finished job that tells of its own failure (fine-tuning, batches) is no error of the answer. */
export function openaiErrorIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const object = body["object"];
  if (typeof object === "string" && (object.endsWith(".job") || object === "batch")) return null;
  if (object === "error" || body["type"] === "error") return readText(body, ["message", "error.message"]) ?? "";
  return errorText(body["error"]) ?? (isRecord(body["response"]) ? errorText(body["response"]["error"]) : null);
}

function classifyChoices(choices: readonly unknown[]): EventKind {
  let kind: EventKind = "prelude";
  for (const choice of choices) {
    if (!isRecord(choice)) continue;
    const reason = choice["finish_reason"];
    if (reason === "error") return "error";
    if (typeof reason === "string" && reason !== "") kind = "finish";
    else if (kind === "prelude" && isVisible(choice)) kind = "content";
  }
  return kind;
}

function isVisible(choice: JsonObject): boolean {
  if (hasValue(choice["text"])) return true;
  const delta = choice["delta"] ?? choice["message"];
  return isRecord(delta) && Object.entries(delta).some(([name, value]) => name !== "role" && hasValue(value));
}

function hasValue(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) && Object.keys(value).length > 0;
}

/** An item of which the reader sees nothing until its deltas come; a tool call shows its name at once. */
function isSilentItem(item: unknown): boolean {
  return isRecord(item) && (item["type"] === "message" || item["type"] === "reasoning");
}

function isSilentPart(part: unknown): boolean {
  return isRecord(part) && !hasValue(part["text"]) && !hasValue(part["refusal"]);
}
