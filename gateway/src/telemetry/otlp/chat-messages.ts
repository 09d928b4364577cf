/** A part of a message; kinds the conventions do not know keep their own members. */
export type MessagePart = Readonly<Record<string, unknown>> & { readonly type: string };

/** A message as the GenAI semantic conventions write it (`gen_ai.input.messages`, `gen_ai.output.messages`). */
export interface ConventionMessage {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  /** Answers only. */
  readonly finish_reason?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** The messages a request body holds, whatever its protocol calls them; empty when it holds none. */
export function inputMessages(request: unknown): ConventionMessage[] {
  const body = members(request);
  const system = messageFrom({ role: "system", content: body["system"] ?? body["instructions"] }, "system");
  const listed = firstList(body["messages"], body["input"], body["contents"]);
  const asked = listed ?? [body["input"] ?? body["prompt"]];
  return [system, ...asked.map((message) => messageFrom(message, "user"))].filter(({ parts }) => parts.length > 0);
}

/** The messages of a whole answer; empty when it holds none. */
export function outputMessages(answer: unknown): ConventionMessage[] {
  const body = members(answer);
  const choices = firstList(body["choices"], body["candidates"], body["output"]);
  const found = choices?.map(choiceMessage) ?? [withReason(messageFrom(body["message"] ?? body, "assistant"), body)];
  return found.filter(({ parts }) => parts.length > 0);
}

function choiceMessage(choice: unknown): ConventionMessage {
  const body = members(choice);
  const inner = body["message"] ?? (typeof body["content"] === "object" ? withParts(body["content"], body) : body);
  return withReason(messageFrom(inner, "assistant"), body);
}

/** Some protocols put `{role, parts}` into the member that others fill with the parts themselves. */
function withParts(content: unknown, choice: Members): unknown {
  return Array.isArray(content) ? choice : content;
}

function withReason(message: ConventionMessage, body: Members): ConventionMessage {
  const reason = body["finish_reason"] ?? body["stop_reason"] ?? body["finishReason"] ?? body["done_reason"];
  return typeof reason === "string" ? { ...message, finish_reason: reason } : message;
}

function messageFrom(message: unknown, fallbackRole: string): ConventionMessage {
  if (typeof message === "string") return { role: fallbackRole, parts: textPart(message) };
  const body = members(message);
  const role = typeof body["role"] === "string" ? body["role"] : fallbackRole;
  const content = body["content"] ?? body["parts"] ?? body["text"];
  const parts = Array.isArray(content) ? content.flatMap(contentPart) : textPart(content);
  const calls = firstList(body["tool_calls"])?.map(toolCall) ?? [];
  return { role, parts: [...parts, ...calls] };
}

function contentPart(part: unknown): MessagePart[] {
  if (typeof part === "string") return textPart(part);
  const body = members(part);
  if (typeof body["text"] === "string") return textPart(body["text"]);
  if (body["type"] === "tool_use")
    return [{ ...pick(body, "id", "name"), type: "tool_call", arguments: body["input"] }];
  return typeof body["type"] === "string" ? [body as MessagePart] : [];
}

function toolCall(call: unknown): MessagePart {
  const body = members(call);
  const called = members(body["function"]);
  return { ...pick(body, "id"), ...pick(called, "name"), type: "tool_call", arguments: called["arguments"] };
}

function textPart(text: unknown): MessagePart[] {
  return typeof text === "string" && text !== "" ? [{ type: "text", content: text }] : [];
}

function pick(body: Members, ...names: readonly string[]): Members {
  return Object.fromEntries(names.filter((name) => name in body).map((name) => [name, body[name]]));
}

function firstList(...candidates: readonly unknown[]): readonly unknown[] | undefined {
  return candidates.find((candidate) => Array.isArray(candidate));
}

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}
