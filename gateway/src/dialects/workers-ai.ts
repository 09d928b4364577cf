import type { Dialect, EventKind, StreamEvent } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { openaiErrorObject, openaiStreamError } from "./openai-error.ts";
import { classifyOpenaiEvent, openaiErrorIn, openaiWatch } from "./openai-events.ts";
import { openaiUsage } from "./openai-usage.ts";
import { isRecord } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers } from "./watched-text.ts";

/** Workers AI (reference §16): its own run path with an envelope, and OpenAI's form under `/v1`; newer models stream OpenAI chunks on both. */
export const workersAi: Dialect = {
  id: "workers-ai",
  usage: planUsage({ ...openaiUsage, at: ["result.usage", ...openaiUsage.at] }),
  modelPaths: ["model", "result.model"],
  watch: [...openaiWatch, ...watchMembers("errors")],
  finishRequiredIn: ["sse"],
  terminator: "data: [DONE]\n\n",
  classifyEvent,
  errorIn,
  errorObject: openaiErrorObject,
  errorFields: ({ code, message }) => ({ errors: [{ code, message }] }),
  streamErrorEvent: openaiStreamError,
};

function classifyEvent(event: StreamEvent): EventKind {
  if (!isRecord(event.body) || Array.isArray(event.body["choices"])) return classifyOpenaiEvent(event);
  if (errorIn(event.body) !== null) return "error";
  if (!("response" in event.body)) return classifyOpenaiEvent(event);
  const { response, tool_calls: toolCalls } = event.body;
  return response === "" || (response === null && !Array.isArray(toolCalls)) ? "prelude" : "content";
}

function errorIn(body: unknown): string | null {
  if (isRecord(body) && body["success"] === false) return errorText(body["errors"]) ?? "";
  return openaiErrorIn(body);
}
