import type { DialectError } from "./dialect.ts";

/** An error as the OpenAI platform writes it under `error` (platform.openai.com/docs/guides/error-codes). */
export function openaiErrorObject(error: DialectError): Readonly<Record<string, unknown>> {
  return { message: error.message, type: errorType(error.status), param: null, code: String(error.code) };
}

/** The event that look-alikes send when a chat stream breaks: SDKs throw at a chunk with `error`. */
export function openaiStreamError(error: DialectError): string {
  return `data: ${JSON.stringify({ error: openaiErrorObject(error) })}\n\n`;
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
