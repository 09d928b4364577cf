import type { HeaderList } from "../core/header-list.ts";

/** Fields that differ from request to request without changing the answer: who sent it through what, and what it is traced by. */
const IDLE_FIELDS = new Set([
  "b3",
  "baggage",
  "cache-control",
  "cdn-loop",
  "date",
  "dnt",
  "forwarded",
  "idempotency-key",
  "origin",
  "pragma",
  "priority",
  "referer",
  "sentry-trace",
  "traceparent",
  "tracestate",
  "true-client-ip",
  "user-agent",
  "via",
  "x-amzn-trace-id",
  "x-client-request-id",
  "x-cloud-trace-context",
  "x-correlation-id",
  "x-real-ip",
  "x-request-id",
]);
const IDLE_PREFIXES = ["cf-", "sec-", "x-b3-", "x-datadog-", "x-forwarded-", "x-stainless-"];

/**
 * The fields of a request that its answer may depend on, in an order of their own: all but those known to change nothing. A field
 * nobody knows counts, because under a name of its own a custom provider may expect a credential.
 */
export function keyFields(headers: HeaderList): readonly (readonly string[])[] {
  const fields: string[][] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (IDLE_FIELDS.has(name) || IDLE_PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    const value = headers[index + 1] as string;
    fields.push([name, name === "accept-encoding" ? codingClass(value) : value]);
  }
  // Fields of one name keep their order, which may matter.
  return fields.sort(([left = ""], [right = ""]) => (left < right ? -1 : left > right ? 1 : 0));
}

/** Which codings an answer may have, however that is written (RFC 9110 §12.5.3). */
function codingClass(value: string): string {
  const codings = value
    .toLowerCase()
    .split(",")
    .filter((coding) => !/;\s*q=0(?:\.0*)?\s*$/.test(coding))
    .map((coding) => (coding.split(";", 1)[0] as string).trim());
  return codings
    .filter((coding) => coding !== "")
    .sort()
    .join(",");
}
