import { maxAnswerBytes } from "../cache/cacheable-answer.ts";
import { headerValue, headerValues, withHeader, withoutHeaders } from "../core/header-list.ts";
import type { AnswerForm, AskedForm } from "../dialects/forms/answer-form.ts";
import type { StoredAnswer } from "../stores/ports/cache-store.ts";
import { contentCodings, decodeBody } from "../streaming/decode-body.ts";
import { parseSseEvent } from "../streaming/parse-sse-event.ts";
import { openSseScanner } from "../streaming/sse-scanner.ts";

/**
 * A cached answer in the form a request asks for: a stream made of a whole answer, or a whole answer made of a stream (reference §3).
 * The answer itself when it has that form already; null when it cannot be read, or has no such form.
 */
export function convertCached(answer: StoredAnswer, form: AnswerForm, asked: AskedForm): StoredAnswer | null {
  const { headers } = answer.head;
  const isStream = headerValue(headers, "content-type")?.startsWith("text/event-stream") === true;
  if (isStream === (asked.kind === "stream")) return answer;
  const coded = Buffer.concat(answer.pieces.map(({ bytes }) => bytes));
  const body = decodeBody(coded, contentCodings(headerValues(headers, "content-encoding")), maxAnswerBytes);
  if (body === null) return null;
  const made = isStream ? wholeOf(body, form) : eventsOf(body, form, asked.options);
  if (made === null) return null;
  const pieces = made.map((text) => ({ bytes: Buffer.from(text), atMs: 0 }));
  const plain = withoutHeaders(headers, (name) => name === "content-encoding");
  const contentType = isStream ? "application/json" : "text/event-stream; charset=utf-8";
  return {
    ...answer,
    head: { ...answer.head, headers: withHeader(plain, "content-type", contentType) },
    pieces,
    sizeBytes: pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function eventsOf(body: Buffer, form: AnswerForm, options: string): readonly string[] | null {
  try {
    return form.toStream(JSON.parse(body.toString("utf8")), options);
  } catch {
    return null;
  }
}

function wholeOf(body: Buffer, form: AnswerForm): readonly string[] | null {
  const events: unknown[] = [];
  let isReadable = true;
  const scanner = openSseScanner(
    ({ head, isWhole }) => {
      const fields = isWhole ? parseSseEvent(head) : null;
      if (!isWhole) isReadable = false;
      if (fields === null || fields.data.trim() === "[DONE]") return;
      try {
        events.push(JSON.parse(fields.data));
      } catch {
        isReadable = false;
      }
    },
    { maxBytes: maxAnswerBytes, windowBytes: 0 },
  );
  scanner.push(body);
  scanner.end();
  const answer = isReadable ? form.toAnswer(events) : null;
  return answer === null ? null : [JSON.stringify(answer)];
}
