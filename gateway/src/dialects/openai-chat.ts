import type { Dialect } from "./dialect.ts";
import { openaiErrorObject, openaiStreamError } from "./openai-error.ts";
import { classifyOpenaiEvent, openaiErrorIn, openaiWatch } from "./openai-events.ts";
import { openaiUsage } from "./openai-usage.ts";
import { planUsage } from "./read-usage.ts";

/**
 * Chat completions and completions of the OpenAI platform and all who speak like it.
 * Not every speaker ends with `[DONE]`; each whole stream has a `finish_reason` or `[DONE]`.
 */
export const openaiChat: Dialect = {
  id: "openai-chat",
  usage: planUsage(openaiUsage),
  modelPaths: ["model", "response.model"],
  watch: openaiWatch,
  finishRequiredIn: ["sse"],
  terminator: "data: [DONE]\n\n",
  classifyEvent: classifyOpenaiEvent,
  errorIn: openaiErrorIn,
  errorObject: openaiErrorObject,
  errorFields: () => ({}),
  streamErrorEvent: openaiStreamError,
};
