import type { Dialect, EventKind, StreamEvent } from "./dialect.ts";
import { openaiErrorObject, openaiStreamError } from "./openai-error.ts";
import { classifyOpenaiEvent, openaiErrorIn, openaiWatch } from "./openai-events.ts";
import { openaiUsage } from "./openai-usage.ts";
import { isRecord, readPath } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

/** Ollama's own API, streamed as JSON lines, and its OpenAI form, streamed as SSE (github.com/ollama/ollama, docs/api.md). */
export const ollama: Dialect = {
  id: "ollama",
  usage: planUsage({
    ...openaiUsage,
    at: ["", ...openaiUsage.at],
    counts: {
      ...openaiUsage.counts,
      inputTokens: [["prompt_eval_count", "prompt_tokens", "input_tokens"]],
      outputTokens: [["eval_count", "completion_tokens", "output_tokens"]],
    },
  }),
  modelPaths: ["model"],
  watch: [...openaiWatch, ...watchMembers("eval_count"), ...watchTexts('"done":true', '"done": true')],
  finishRequiredIn: ["json-lines", "sse"],
  terminator: null,
  classifyEvent,
  errorIn: openaiErrorIn,
  errorObject: openaiErrorObject,
  errorFields: () => ({}),
  streamErrorEvent: openaiStreamError,
};

function classifyEvent(event: StreamEvent): EventKind {
  const body = event.body;
  if (!isRecord(body) || typeof body["done"] !== "boolean") return classifyOpenaiEvent(event);
  if (openaiErrorIn(body) !== null) return "error";
  if (body["done"]) return "finish";
  const said = [
    body["response"],
    body["thinking"],
    readPath(body, "message.content"),
    readPath(body, "message.thinking"),
  ];
  const isSaid = said.some((text) => typeof text === "string" && text !== "");
  return isSaid || Array.isArray(readPath(body, "message.tool_calls")) ? "content" : "prelude";
}
