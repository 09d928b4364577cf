import type { AnswerTap } from "./answer-reading.ts";
import { openByteCollector } from "./byte-collector.ts";
import { decodeBody } from "./decode-body.ts";
import { openUnreadTap } from "./unread-tap.ts";

/** Encoded bodies up to 4 MiB are decoded, to at most 32 MiB. */
const encodedLimits = { maxBytes: 4_194_304, windowBytes: 0 };
const maxDecodedBytes = 33_554_432;

/** A tap on a body with content codings: decoded at the end and read by what `openPlain` gives. Until then its first byte is content. */
export function openEncodedTap(codings: readonly string[], openPlain: () => AnswerTap): AnswerTap {
  const collector = openByteCollector(encodedLimits);
  let hasBytes = false;
  return {
    observe(chunk) {
      hasBytes ||= chunk.length > 0;
      collector.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    },
    get progress() {
      return hasBytes ? "content" : "nothing";
    },
    atEventBorder: false,
    finish() {
      const encoded = collector.take();
      const body = encoded.isWhole ? decodeBody(encoded.head, codings, maxDecodedBytes) : null;
      const tap = body === null ? openUnreadTap() : openPlain();
      if (body !== null) tap.observe(body);
      return tap.finish();
    },
  };
}
