/** A piece of a message. All of it is text of strangers: show it as text. */
export type ConversationPart =
  | { readonly kind: "text" | "reasoning"; readonly text: string }
  /** `url` is a data URL, or one elsewhere, which is not to be loaded. */
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "tool-call"; readonly name: string; readonly text: string }
  | { readonly kind: "tool-result"; readonly name: string; readonly text: string }
  /** What has no look of its own; `name` says what it is. */
  | { readonly kind: "other"; readonly name: string; readonly text: string };

/** A message. */
export interface Turn {
  readonly role: string;
  readonly parts: readonly ConversationPart[];
}

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text as it is, other JSON as JSON; nothing as an empty text. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value, null, 2);
}

/** The parts of a message's content: a text, or blocks of the kinds that the wire formats have. */
export function partsOf(content: unknown): ConversationPart[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (Array.isArray(content)) return content.flatMap(partsOf);
  return isObject(content) ? [partOfBlock(content)] : [{ kind: "other", name: typeof content, text: String(content) }];
}

function partOfBlock(block: Json): ConversationPart {
  return textPart(block) ?? imagePart(block) ?? toolPart(block) ?? otherPart(block);
}

function textPart(block: Json): ConversationPart | null {
  const { type, text, thinking, refusal, thought } = block;
  if (typeof thinking === "string") return { kind: "reasoning", text: thinking };
  if (typeof refusal === "string") return { kind: "other", name: "refusal", text: refusal };
  if (typeof text !== "string") return null;
  return { kind: thought === true || /reason|thinking|summary/.test(String(type)) ? "reasoning" : "text", text };
}

function imagePart(block: Json): ConversationPart | null {
  const { image_url: image, source, inlineData, inline_data: inlineSnake, type } = block;
  if (typeof image === "string") return { kind: "image", url: image };
  if (isObject(image) && typeof image["url"] === "string") return { kind: "image", url: image["url"] };
  if (type === "image" && isObject(source)) {
    const isUrl = typeof source["url"] === "string";
    return { kind: "image", url: isUrl ? (source["url"] as string) : dataUrl(source["media_type"], source["data"]) };
  }
  const inline = isObject(inlineData) ? inlineData : isObject(inlineSnake) ? inlineSnake : null;
  const mimeType = inline?.["mimeType"] ?? inline?.["mime_type"];
  if (inline === null || !String(mimeType).startsWith("image/")) return null;
  return { kind: "image", url: dataUrl(mimeType, inline["data"]) };
}

function dataUrl(mediaType: unknown, data: unknown): string {
  return `data:${String(mediaType)};base64,${String(data)}`;
}

function toolPart(block: Json): ConversationPart | null {
  const { type, name, functionCall, functionResponse } = block;
  if (isObject(functionCall)) return call(functionCall["name"], functionCall["args"]);
  if (isObject(functionResponse)) return result(functionResponse["name"], functionResponse["response"]);
  if (isObject(block["function"])) return call(block["function"]["name"], block["function"]["arguments"]);
  if (type === "tool_use" || type === "server_tool_use") return call(name, block["input"]);
  if (type === "function_call") return call(name, block["arguments"]);
  if (type === "tool_result") return result(block["tool_use_id"], flatText(block["content"]));
  if (type === "function_call_output") return result(block["call_id"], block["output"]);
  return null;
}

function call(name: unknown, input: unknown): ConversationPart {
  return { kind: "tool-call", name: asText(name), text: prettyJson(asText(input)) };
}

function result(name: unknown, output: unknown): ConversationPart {
  return { kind: "tool-result", name: asText(name), text: prettyJson(asText(output)) };
}

function flatText(content: unknown): string {
  const parts = partsOf(content);
  return parts.every(({ kind }) => kind === "text")
    ? parts.map((part) => ("text" in part ? part.text : "")).join("\n")
    : asText(content);
}

/** JSON with line breaks; anything else as it is. */
export function prettyJson(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function otherPart(block: Json): ConversationPart {
  if (block["type"] === "reasoning") {
    const parts = [...partsOf(block["summary"]), ...partsOf(block["content"])];
    const text = parts.map((part) => ("text" in part ? part.text : "")).join("\n");
    if (text !== "") return { kind: "reasoning", text };
  }
  return { kind: "other", name: asText(block["type"] ?? "part"), text: asText(block) };
}
