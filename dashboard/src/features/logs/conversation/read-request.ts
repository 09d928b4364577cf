import { asText, type ConversationPart, isObject, type Json, partsOf, type Turn } from "./conversation-part.ts";

/** The messages of a request in any of the wire formats; empty where it has none that are known. `step` picks one of a universal request. */
export function readRequest(text: string, step = 0): readonly Turn[] {
  const parsed = parse(text);
  if (Array.isArray(parsed)) {
    const chosen: unknown = parsed[step] ?? parsed[0];
    return isObject(chosen) && isObject(chosen["query"]) ? turnsOfBody(chosen["query"]) : [];
  }
  return isObject(parsed) ? turnsOfBody(parsed) : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function turnsOfBody(body: Json): readonly Turn[] {
  const instructions = body["system"] ?? body["instructions"] ?? contentOf(body["systemInstruction"]);
  const lead = partsOf(instructions);
  return [...(lead.length === 0 ? [] : [{ role: "system", parts: lead }]), ...messagesOf(body)];
}

function contentOf(content: unknown): unknown {
  return isObject(content) ? content["parts"] : content;
}

function messagesOf(body: Json): readonly Turn[] {
  const { messages, input, contents, prompt } = body;
  if (Array.isArray(messages)) return messages.filter(isObject).map(turnOfMessage);
  if (Array.isArray(contents)) {
    return contents
      .filter(isObject)
      .map((each) => ({ role: asText(each["role"] ?? "user"), parts: partsOf(each["parts"]) }));
  }
  const asked = input ?? prompt ?? body["text"] ?? body["inputs"];
  if (Array.isArray(asked) && asked.some(isObject)) return asked.filter(isObject).map(turnOfItem);
  const parts = partsOf(asked);
  return parts.length === 0 ? [] : [{ role: "user", parts }];
}

/** A message with its content, its reasoning and the tools it calls. */
export function turnOfMessage(message: Json): Turn {
  const role = asText(message["role"] ?? "assistant");
  const reasoning = message["reasoning_content"] ?? message["reasoning"];
  const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  const parts: ConversationPart[] = [
    ...(typeof reasoning === "string" && reasoning !== "" ? [{ kind: "reasoning" as const, text: reasoning }] : []),
    ...partsOf(message["content"]),
    ...partsOf(calls),
    ...(typeof message["refusal"] === "string" ? partsOf({ refusal: message["refusal"] }) : []),
  ];
  if (role !== "tool") return { role, parts };
  const text = parts.map((part) => ("text" in part ? part.text : "")).join("\n");
  return { role, parts: [{ kind: "tool-result", name: asText(message["tool_call_id"]), text }] };
}

/** An item of a list that holds messages, calls and their results side by side. */
export function turnOfItem(item: Json): Turn {
  if (item["content"] !== undefined && item["type"] !== "reasoning") return turnOfMessage(item);
  const isResult = String(item["type"]).endsWith("_output");
  return { role: asText(item["role"] ?? (isResult ? "tool" : "assistant")), parts: partsOf(item) };
}
