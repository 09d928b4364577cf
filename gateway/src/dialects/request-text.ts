import { isRecord } from "./read-path.ts";

/** Members of a request's body that a model reads, over all protocols. */
const promptMembers = [
  "messages",
  "input",
  "inputs",
  "prompt",
  "contents",
  "content",
  "system",
  "systemInstruction",
  "system_instruction",
  "instructions",
  "message",
  "preamble",
  "chat_history",
  "documents",
  "texts",
  "query",
];
/** Members that are read with the names in them: descriptions of tools. */
const schemaMembers = ["tools", "functions", "toolConfig"];
/** Members below the prompt that no model reads as text. */
const silentMembers = new Set([
  "role",
  "type",
  "id",
  "cache_control",
  "signature",
  "encrypted_content",
  "thoughtSignature",
]);
/** Where media lie, as base64 or as an address. */
const mediumMembers = new Set(["data", "bytes", "url", "image_url", "file_data", "b64_json", "file_id", "fileUri"]);
const LONGEST_SHORT_RUN = 2048;

/** What a model reads of a request. */
export interface RequestText {
  /** Its texts in order, a line each. */
  readonly text: string;
  readonly messageCount: number;
  /** Images, sounds and documents, whatever their size. */
  readonly mediaCount: number;
}

/** Gathers what a model reads of a request's parsed body: prompts, instructions, descriptions of tools. Media are counted, not read. */
export function requestText(body: unknown): RequestText {
  const texts: string[] = [];
  let mediaCount = 0;
  let messageCount = 0;
  const gather = (value: unknown, name: string): void => {
    if (typeof value === "string") {
      if (isMedium(value, name)) mediaCount += 1;
      else texts.push(value);
    } else if (Array.isArray(value)) for (const element of value) gather(element, name);
    else if (isRecord(value)) {
      if ("role" in value) messageCount += 1;
      for (const [member, inner] of Object.entries(value)) if (!silentMembers.has(member)) gather(inner, member);
    } else if (typeof value === "number") texts.push(String(value));
  };
  if (isRecord(body)) {
    for (const name of promptMembers) gather(body[name], name);
    for (const name of schemaMembers) if (body[name] !== undefined) texts.push(JSON.stringify(body[name]));
  }
  return { text: texts.join("\n"), messageCount, mediaCount };
}

function isMedium(text: string, name: string): boolean {
  if (text.startsWith("data:") && text.includes(";base64,")) return true;
  if (!mediumMembers.has(name)) return false;
  return /^https?:/.test(text) || (text.length > LONGEST_SHORT_RUN && !text.includes(" "));
}
