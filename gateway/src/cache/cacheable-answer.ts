import { headerValue, type HeaderList } from "../core/header-list.ts";

/** Largest body that is cached (reference §3: 25 MB). */
export const maxAnswerBytes = 25 * 1024 * 1024;

const TYPES = /^(?:text\/|image\/|application\/(?:[\w.+-]*json|x-ndjson|jsonl|vnd\.amazon\.eventstream)(?:$|[;\s]))/i;
/** An answer that is yet to come, and a part of one. */
const UNFINISHED_STATUSES: ReadonlySet<number> = new Set([202, 206]);

/** Whether an answer that begins like this is one to keep: a success, of text or image (reference §3). */
export function isCacheableHead(status: number, headers: HeaderList): boolean {
  if (status < 200 || status > 299 || UNFINISHED_STATUSES.has(status)) return false;
  const sizeBytes = Number(headerValue(headers, "content-length") ?? 0);
  return sizeBytes <= maxAnswerBytes && TYPES.test(headerValue(headers, "content-type") ?? "");
}

/** Fields that belong to the one exchange they came with, or to the connection. */
const PASSING_FIELDS =
  /^(?:age|alt-svc|cache-control|cf-.*|connection|content-length|date|expires|nel|report-to|server-timing|set-cookie|strict-transport-security|trailer|transfer-encoding|via|.*ratelimit.*|.*request-?id|.*-processing-ms|x-envoy-.*|x-amzn-.*)$/;

/** The fields that a cached answer is served with again. */
export function keptFields(headers: HeaderList): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!PASSING_FIELDS.test(name)) kept.push(name, headers[index + 1] as string);
  }
  return kept;
}
