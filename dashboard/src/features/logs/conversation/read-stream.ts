import {
  asText,
  type ConversationPart,
  isObject,
  type Json,
  partsOf,
  prettyJson,
  type Turn,
} from "./conversation-part.ts";

type Growing = { kind: "text" | "reasoning" | "tool-call"; name: string; text: string };

/** The one message that the events of a stream make; empty where none of them is known. */
export function readStream(events: readonly string[]): readonly Turn[] {
  // In order of their first appearance.
  const growing = new Map<string, Growing>();
  const faults: ConversationPart[] = [];
  const add = (key: string, kind: Growing["kind"], { name = "", text = "" }: Partial<Growing>): void => {
    const part = growing.get(key) ?? { kind, name: "", text: "" };
    part.name += name;
    part.text += text;
    growing.set(key, part);
  };
  for (const data of events) {
    const event = parse(data);
    if (event === null) continue;
    const fault = faultOf(event);
    if (fault !== null) faults.push(fault);
    addChoices(event, add);
    addBlocks(event, add);
    addItems(event, add);
    addCandidates(event, add);
  }
  const parts: ConversationPart[] = [...growing.values()]
    .filter(({ name, text }) => name !== "" || text !== "")
    .map(({ kind, name, text }) => (kind === "tool-call" ? { kind, name, text: prettyJson(text) } : { kind, text }));
  const all = [...parts, ...faults];
  return all.length === 0 ? [] : [{ role: "assistant", parts: all }];
}

type Add = (key: string, kind: Growing["kind"], more: Partial<Growing>) => void;

function parse(data: string): Json | null {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function faultOf({ error, type }: Json): ConversationPart | null {
  if (error === undefined || error === null) return null;
  const text = isObject(error) ? asText(error["message"] ?? error) : asText(error);
  return { kind: "other", name: type === "error" ? "error" : "error in the stream", text };
}

/** Streams of `choices`, each with a `delta`. */
function addChoices({ choices }: Json, add: Add): void {
  if (!Array.isArray(choices)) return;
  for (const choice of choices.filter(isObject)) {
    const index = asText(choice["index"] ?? 0);
    const delta = isObject(choice["delta"]) ? choice["delta"] : { content: choice["text"] };
    const reasoning = delta["reasoning_content"] ?? delta["reasoning"];
    if (typeof reasoning === "string") add(`${index} reasoning`, "reasoning", { text: reasoning });
    if (typeof delta["content"] === "string") add(`${index} text`, "text", { text: delta["content"] });
    const calls = Array.isArray(delta["tool_calls"]) ? delta["tool_calls"].filter(isObject) : [];
    for (const call of calls) {
      const called = isObject(call["function"]) ? call["function"] : {};
      const more = { name: asText(called["name"]), text: asText(called["arguments"]) };
      add(`${index} call ${asText(call["index"] ?? 0)}`, "tool-call", more);
    }
  }
}

/** Streams of blocks, each begun, continued and ended by events. */
function addBlocks(event: Json, add: Add): void {
  const key = `block ${asText(event["index"])}`;
  const block = event["content_block"];
  if (event["type"] === "content_block_start" && isObject(block)) {
    if (typeof block["name"] === "string") add(key, "tool-call", { name: block["name"] });
    else if (typeof block["thinking"] === "string") add(key, "reasoning", { text: block["thinking"] });
    else add(key, "text", { text: asText(block["text"]) });
  }
  const delta = event["delta"];
  if (event["type"] !== "content_block_delta" || !isObject(delta)) return;
  if (typeof delta["partial_json"] === "string") add(key, "tool-call", { text: delta["partial_json"] });
  else if (typeof delta["thinking"] === "string") add(key, "reasoning", { text: delta["thinking"] });
  else if (typeof delta["text"] === "string") add(key, "text", { text: delta["text"] });
}

/** Streams of `response.*` events about items. */
function addItems(event: Json, add: Add): void {
  const type = asText(event["type"]);
  if (!type.startsWith("response.")) return;
  const key = `item ${asText(event["output_index"] ?? 0)}`;
  const item = event["item"];
  if (type === "response.output_item.added" && isObject(item) && typeof item["name"] === "string") {
    add(key, "tool-call", { name: item["name"] });
  }
  const delta = event["delta"];
  if (typeof delta !== "string") return;
  if (type === "response.output_text.delta") add(key, "text", { text: delta });
  else if (type.startsWith("response.reasoning")) add(key, "reasoning", { text: delta });
  else if (type === "response.function_call_arguments.delta") add(key, "tool-call", { text: delta });
}

/** Streams of `candidates`, each with parts. */
function addCandidates({ candidates }: Json, add: Add): void {
  if (!Array.isArray(candidates)) return;
  for (const [index, candidate] of candidates.filter(isObject).entries()) {
    const content = candidate["content"];
    if (!isObject(content)) continue;
    for (const part of partsOf(content["parts"])) {
      if (part.kind === "tool-call") add(`${index} call ${part.name}`, "tool-call", part);
      else if (part.kind === "text" || part.kind === "reasoning") add(`${index} ${part.kind}`, part.kind, part);
    }
  }
}
