import type { RecordedExchange } from "../recordings.ts";

/** The parts of a sample that differ; the rest is filled in. */
export interface SampleParts {
  /** Unique; also its `x-replay-id`. */
  readonly id: string;
  /** Provider as recordings name it. */
  readonly provider: string;
  readonly url: string;
  readonly method?: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** JSON value, or bytes. Absent means no body. */
  readonly request?: unknown;
  readonly status?: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** JSON value, text, or bytes. */
  readonly response: unknown;
}

/** An event that names its own type, as OpenAI's Responses, Anthropic and Cohere send them. */
export type TypedEvent = Readonly<Record<string, unknown>> & { readonly type: string };

const streamTypes = ["text/event-stream", "application/x-ndjson", "application/vnd.amazon.eventstream"];

/** A hand-written exchange in the shape of a recording. Values are written for these tests; no provider sent them. */
export function defineSample(parts: SampleParts): RecordedExchange {
  const contentType = parts.contentType ?? "application/json";
  const response = asBody(parts.response);
  const hasRequest = parts.request !== undefined;
  return {
    id: `sample-${parts.id}`,
    provider: parts.provider,
    source: { repo: "headgate", commit: "", path: "gateway/test/support/samples", index: 0, licence: "Apache-2.0" },
    request: {
      method: parts.method ?? (hasRequest ? "POST" : "GET"),
      url: parts.url,
      headers: {
        accept: "application/json",
        ...(hasRequest ? { "content-type": "application/json" } : {}),
        ...parts.requestHeaders,
      },
      ...asBody(hasRequest ? parts.request : ""),
    },
    response: {
      status: parts.status ?? 200,
      headers: { "content-type": contentType, ...parts.responseHeaders },
      stream: streamTypes.some((type) => contentType.startsWith(type)),
      ...response,
    },
  };
}

/** SSE text with one `data:` event per value; strings as they are, other values as JSON. `lineEnd` is LF unless given. */
export function sseData(values: readonly unknown[], lineEnd = "\n"): string {
  return values.map((value) => `data: ${asText(value)}${lineEnd}${lineEnd}`).join("");
}

/** SSE text with a named event per value, the name taken from its `type`. */
export function sseTyped(values: readonly TypedEvent[]): string {
  return values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join("");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asBody(value: unknown): { readonly encoding: "utf8" | "base64"; readonly body: string } {
  if (Buffer.isBuffer(value)) return { encoding: "base64", body: value.toString("base64") };
  return { encoding: "utf8", body: asText(value) };
}
