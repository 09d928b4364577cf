import type { PlainFetch } from "../../http1/guarded-fetch.ts";
import { UpstreamFailure } from "../../http1/upstream-failure.ts";
import { exportResponse } from "./definitions.ts";

/** One request to a collector. */
export interface SpanRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly contentType: "json" | "protobuf";
  readonly timeoutMs: number;
  /** Breaks the request off. */
  readonly signal: AbortSignal;
  /** How requests leave: for settings made through the API one that is held to the address policy. */
  readonly fetch: PlainFetch;
}

/**
 * What became of it. `retry`: 429, 502, 503, 504, or no answer (OTLP 1.x, "Retryable Response Codes"), with the pause the collector asked for, if it
 * did. `rejected`: any other answer; sending the same again is of no use. `cause` is a status or a word.
 */
export type SendResult =
  | { readonly type: "accepted"; readonly rejectedSpans: number }
  | { readonly type: "retry"; readonly cause: string; readonly retryAfterMs: number | null }
  | { readonly type: "rejected"; readonly cause: string };

const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** An answer needs no more than this; what is longer is not read. */
const maxAnswerBytes = 65_536;

/** For collectors that the operator named. Redirects are not followed: they would lead where nobody pointed. */
export const ownFetch: PlainFetch = (url, init) => fetch(url, { ...init, redirect: "manual" });

/** Posts spans to a collector. Never rejects. */
export async function sendSpans(request: SpanRequest): Promise<SendResult> {
  try {
    const answer = await request.fetch(request.url, {
      method: "POST",
      headers: { ...request.headers, "content-type": mediaTypes[request.contentType] },
      body: request.body,
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)]),
    });
    if (!answer.ok) await answer.body?.cancel();
    if (answer.ok) return { type: "accepted", rejectedSpans: await rejectedSpans(answer) };
    const cause = String(answer.status);
    if (!retryableStatuses.has(answer.status)) return { type: "rejected", cause };
    return { type: "retry", cause, retryAfterMs: retryAfterMs(answer.headers.get("retry-after")) };
  } catch (error) {
    // The policy says the same of the next try.
    if (error instanceof UpstreamFailure && error.reason === "address_not_allowed") {
      return { type: "rejected", cause: error.reason };
    }
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return { type: "retry", cause: isTimeout ? "timeout" : "no_connection", retryAfterMs: null };
  }
}

const mediaTypes = { json: "application/json", protobuf: "application/x-protobuf" } as const;

/** Spans that the collector took the request for and yet refused (OTLP "Partial Success"); 0 when the answer says nothing readable. */
async function rejectedSpans(answer: Response): Promise<number> {
  const body = await readUpTo(answer, maxAnswerBytes);
  if (body === null || body.length === 0) return 0;
  try {
    if (answer.headers.get("content-type")?.startsWith(mediaTypes.protobuf) === true) {
      const message = exportResponse.decode(body) as { partialSuccess?: { rejectedSpans?: unknown } };
      return Number(message.partialSuccess?.rejectedSpans ?? 0);
    }
    const told = JSON.parse(body.toString()) as { partialSuccess?: { rejectedSpans?: unknown } } | null;
    const count = Number(told?.partialSuccess?.rejectedSpans ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

async function readUpTo(answer: Response, maxBytes: number): Promise<Buffer | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    length += piece.length;
    if (length > maxBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Seconds or a date (RFC 9110 §10.2.3), at most ten minutes. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), 600_000);
}
