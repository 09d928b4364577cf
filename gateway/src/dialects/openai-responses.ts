import type { Dialect } from "./dialect.ts";
import { openaiErrorObject } from "./openai-error.ts";
import { openaiChat } from "./openai-chat.ts";

/**
 * The Responses API. A stream ends with `response.completed`, `response.incomplete` or `response.failed`, never with `[DONE]`
 * (platform.openai.com/docs/api-reference/responses-streaming).
 */
export const openaiResponses: Dialect = {
  ...openaiChat,
  id: "openai-responses",
  terminator: null,
  streamErrorEvent(error) {
    const vendorError = openaiErrorObject(error);
    // The reference puts code and message at the top, the live service under `error`: readers of either find them.
    const body = { type: "error", code: vendorError["code"], message: error.message, param: null, error: vendorError };
    return `event: error\ndata: ${JSON.stringify(body)}\n\n`;
  },
};
