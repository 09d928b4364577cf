import type { HeaderList } from "../core/header-list.ts";

/** Request fields that logs may hold. A credential can hide in any field that is not on this list, so nothing else is kept. */
const KEPT_OF_REQUEST = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "anthropic-beta",
  "anthropic-version",
  "cartesia-version",
  "content-encoding",
  "content-type",
  "idempotency-key",
  "openai-beta",
  "traceparent",
  "user-agent",
  "x-request-id",
]);

const KEPT_OF_RESPONSE = new Set([
  "anthropic-ratelimit-requests-remaining",
  "anthropic-ratelimit-tokens-remaining",
  "apim-request-id",
  "cf-aig-cache-similarity",
  "cf-ray",
  "content-encoding",
  "content-type",
  "date",
  "openai-processing-ms",
  "request-id",
  "retry-after",
  "server",
  "x-amzn-requestid",
  "x-ratelimit-limit-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-request-id",
]);

/** The request's fields that a log may hold, by name; of a repeated field the last. */
export function keptRequestHeaders(headers: HeaderList): Record<string, string> {
  return kept(headers, KEPT_OF_REQUEST);
}

/** The answer's fields that a log may hold, by name; of a repeated field the last. */
export function keptResponseHeaders(headers: HeaderList): Record<string, string> {
  return kept(headers, KEPT_OF_RESPONSE);
}

function kept(headers: HeaderList, names: ReadonlySet<string>): Record<string, string> {
  const result: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (names.has(name)) result[name] = headers[index + 1] as string;
  }
  return result;
}
