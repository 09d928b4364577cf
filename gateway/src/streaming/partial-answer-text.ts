import zlib from "node:zlib";
import type { StreamEvent } from "../dialects/dialect.ts";
import { eventText } from "../dialects/event-text.ts";
import type { AnswerTap } from "./answer-reading.ts";
import { type EventReader, parseJson } from "./event-reader.ts";
import { openEventStreamTap, openJsonLinesTap, openSseTap } from "./stream-tap.ts";

/** What was kept of an answer that did not end. */
export interface PartialAnswer {
  /** Its first bytes, content coding still on. */
  readonly pieces: readonly Buffer[];
  /** Media type without parameters, lower-case. */
  readonly mediaType: string;
  /** Content codings in the order they were applied; empty for none. */
  readonly codings: readonly string[];
}

/** At most this much is looked at; the caller knows how much more there was. */
const MOST_BYTES = 262_144;

/** The text of an answer as far as it came, and of how many of its bytes. */
export interface PartialAnswerText {
  readonly text: string;
  /** Bytes of `pieces` that were read, content coding on. */
  readonly readBytes: number;
}

/**
 * The text a model had written when its answer broke off: of streams what their events add, of other text the text itself.
 * Empty for media and for codings that cannot be undone.
 */
export function partialAnswerText({ pieces, mediaType, codings }: PartialAnswer): PartialAnswerText {
  const kept = Buffer.concat(pieces as Buffer[]).subarray(0, MOST_BYTES);
  const body = codings.length === 0 ? kept : decodeBeginning(kept, codings);
  if (body === null) return { text: "", readBytes: kept.length };
  const texts: string[] = [];
  const tap = openTap(mediaType, (event) => texts.push(eventText(event)));
  if (tap !== null) {
    tap.observe(body);
    tap.finish();
  } else if (/^text\/|json$/.test(mediaType)) texts.push(body.toString("utf8"));
  return { text: texts.join(""), readBytes: kept.length };
}

function openTap(mediaType: string, onEvent: (event: StreamEvent) => void): AnswerTap | null {
  const reader: EventReader = {
    progress: "content",
    isDull: () => false,
    read: (type, data) => onEvent({ type, data, body: parseJson(data) }),
    readWindows() {},
    skipComment() {},
    skipUnread() {},
    fail() {},
    finish: () => ({ usage: null, model: null, ending: "truncated" }),
  };
  if (mediaType === "text/event-stream") return openSseTap(reader);
  if (mediaType === "application/vnd.amazon.eventstream") return openEventStreamTap(reader);
  return /ndjson|jsonl|stream\+json/.test(mediaType) ? openJsonLinesTap(reader) : null;
}

/** Bytes whose end is missing, without their coding as far as that goes; null for several codings and for unknown ones. */
function decodeBeginning(bytes: Buffer, codings: readonly string[]): Buffer | null {
  const [coding] = codings;
  if (codings.length > 1 || coding === undefined) return null;
  const limits = { maxOutputLength: MOST_BYTES * 16 };
  try {
    if (coding === "gzip" || coding === "x-gzip")
      return zlib.gunzipSync(bytes, { ...limits, finishFlush: zlib.constants.Z_SYNC_FLUSH });
    if (coding === "deflate") return zlib.inflateSync(bytes, { ...limits, finishFlush: zlib.constants.Z_SYNC_FLUSH });
    if (coding === "br")
      return zlib.brotliDecompressSync(bytes, { ...limits, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
    return null;
  } catch {
    return null;
  }
}
