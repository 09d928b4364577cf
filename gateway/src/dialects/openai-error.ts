import type { DialectError } from "./dialect.ts";

/** An error as the OpenAI platform writes it under `error` (platform.openai.com/docs/guides/error-codes). */
export function openaiErrorObject(error: DialectError): Readonly<Record<string, unknown>> {
  return { message: error.message, type: errorType(error.status), param: null, code: String(error.code) };
}

/**
 * The event that look-alikes send when a chat stream breaks: SDKs throw at a chunk with `error`. It is a whole chunk besides
 * (openrouter.ai/docs/api-reference/errors, "Mid-stream errors"), because clients that hold each event against the chunk's
 * schema would complain of missing members instead.
 */
export function openaiStreamError(error: DialectError): string {
  const chunk = {
    id: "",
    object: "chat.completion.chunk",
    created: 0,
    model: "",
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
    error: openaiErrorObject(error),
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
