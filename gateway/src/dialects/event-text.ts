import type { StreamEvent } from "./dialect.ts";
import { isRecord } from "./read-path.ts";

/**
 * Where the protocols put what a model writes, its reasoning and the arguments of its calls included: members from the event's body inwards, through every
 * element of lists on the way. Shapes do not overlap, and some vendors speak several, so all are tried on every event.
 */
const textPaths: readonly (readonly string[])[] = [
  // Chat completions and older completions, and the forms of their look-alikes.
  "choices.delta.reasoning_content",
  "choices.delta.reasoning",
  "choices.delta.content.thinking.text",
  "choices.delta.content",
  "choices.delta.content.text",
  "choices.delta.refusal",
  "choices.delta.tool_calls.function.name",
  "choices.delta.tool_calls.function.arguments",
  "choices.delta.function_call.arguments",
  "choices.text",
  // Messages, Converse, Interactions.
  "delta.text",
  "delta.thinking",
  "delta.partial_json",
  "delta.toolUse.input",
  "delta.reasoningContent.text",
  "content_block.name",
  "start.toolUse.name",
  "contentBlockDelta.delta.text",
  "contentBlockDelta.delta.toolUse.input",
  "contentBlockDelta.delta.reasoningContent.text",
  "completion",
  // generateContent and its live form.
  "candidates.content.parts.text",
  "candidates.content.parts.functionCall",
  "serverContent.modelTurn.parts.text",
  // Chat v2 and v1.
  "delta.message.content.text",
  "delta.message.content.thinking",
  "delta.message.tool_plan",
  "delta.message.tool_calls.function.arguments",
  "text",
  // Models that hosts serve in their makers' own form.
  "generation",
  "outputText",
  "outputs.text",
  "generations.text",
  "response",
  "thinking",
  "message.content",
  "message.thinking",
  "message.tool_calls.function",
  "token.text",
].map((path) => path.split("."));

/** Calls whose arguments come as an object, not as text. */
const callMembers = new Set(["functionCall", "function"]);

/** What a streamed event adds to the answer's text; empty for events that add none. Media are no text. */
export function eventText(event: StreamEvent): string {
  const { body, type } = event;
  if (type === "output" && body === undefined) return event.data;
  if (!isRecord(body)) return "";
  const named = typeof body["type"] === "string" ? body["type"] : type;
  if (typeof body["delta"] === "string") return named.endsWith("audio.delta") ? "" : body["delta"];
  // Events of this protocol that are no deltas repeat what deltas told.
  if (named.startsWith("response.")) return "";
  let text = "";
  for (const path of textPaths) if (body[path[0] as string] !== undefined) text += textsAt(body, path, 0);
  return text;
}

function textsAt(value: unknown, path: readonly string[], from: number): string {
  if (Array.isArray(value)) return value.map((element) => textsAt(element, path, from)).join("");
  const name = path[from];
  if (name !== undefined) return isRecord(value) ? textsAt(value[name], path, from + 1) : "";
  if (typeof value === "string") return value;
  return isRecord(value) && callMembers.has(path.at(-1) as string) ? JSON.stringify(value) : "";
}
