import type { HeaderList } from "../core/header-list.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { UsageReader } from "../dialects/read-usage.ts";
import type { AnswerProgress, AnswerReading, AnswerTap } from "./answer-reading.ts";
import { asBuffer } from "./as-buffer.ts";
import { BodyTap } from "./body-tap.ts";
import { type EventReader, openEventReader } from "./event-reader.ts";
import { openEventStreamTap, openJsonLinesTap, openSseTap } from "./stream-tap.ts";
import { openUnreadTap } from "./unread-tap.ts";

/** What decides how an answer without a coding is read. */
export interface PlainTapOptions {
  readonly dialect: Dialect;
  readonly headers: HeaderList;
  /** Media type without parameters, lower-case; empty when the answer names none. */
  readonly mediaType: string;
}

const jsonLinesTypes: ReadonlySet<string> = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonl",
  "application/jsonlines",
  "application/stream+json",
]);
/** Beginnings of an event stream that no JSON text has. */
const sseBeginnings = ["data:", "event:", "id:", "retry:", ":"];
const OPEN_BRACE = 0x7b;
const longestBeginning = 6;
const mostBlankBytes = 1024;

/**
 * A tap on a body without content coding, for its media type. Types that say nothing sure (JSON, SSE, text, none) are settled by the first
 * bytes: event text comes as JSON and error objects come as event streams from real vendors.
 */
export function openPlainTap(options: PlainTapOptions): AnswerTap {
  const { mediaType } = options;
  const reader = () => openEventReader(options.dialect, new UsageReader(options.dialect, options.headers));
  if (mediaType === "application/vnd.amazon.eventstream") return openEventStreamTap(reader());
  if (jsonLinesTypes.has(mediaType)) return openJsonLinesTap(reader());
  const isText = mediaType === "" || mediaType.startsWith("text/");
  if (isText || mediaType === "application/json" || mediaType.endsWith("+json")) return new SniffingTap(options);
  return openUnreadTap();
}

/** Holds the first bytes until they tell what the body is. */
class SniffingTap implements AnswerTap {
  readonly #options: PlainTapOptions;
  #chosen: AnswerTap | null = null;
  #held: Uint8Array[] = [];

  constructor(options: PlainTapOptions) {
    this.#options = options;
  }

  observe(chunk: Uint8Array): void {
    if (this.#chosen !== null) {
      this.#chosen.observe(chunk);
      return;
    }
    if (chunk.length === 0) return;
    this.#held.push(chunk);
    this.#settle(false);
  }

  get progress(): AnswerProgress {
    return this.#chosen?.progress ?? (this.#held.length > 0 ? "prelude" : "nothing");
  }

  get atEventBorder(): boolean {
    return this.#chosen?.atEventBorder ?? (this.#options.mediaType === "text/event-stream" && this.#held.length === 0);
  }

  finish(): AnswerReading {
    if (this.#chosen === null) this.#settle(true);
    return (this.#chosen ?? openUnreadTap()).finish();
  }

  #settle(isEnd: boolean): void {
    const isObject = this.#held[0]?.[0] === OPEN_BRACE;
    const form = isObject ? "json" : formOf(beginningOf(this.#held), this.#options.mediaType, isEnd);
    if (form === null) return;
    this.#chosen = openTap(form, this.#options);
    for (const piece of this.#held) this.#chosen.observe(piece);
    this.#held = [];
  }
}

function openTap(form: "sse" | "json" | "unread", options: PlainTapOptions): AnswerTap {
  if (form === "unread") return openUnreadTap();
  const { dialect } = options;
  const usage = new UsageReader(dialect, options.headers);
  const openEvents = (): EventReader => openEventReader(dialect, usage);
  return form === "sse" ? openSseTap(openEvents()) : new BodyTap({ dialect, usage, openEvents });
}

/** What a body is by its first bytes; null when these are too few to tell. */
function formOf(beginning: string, mediaType: string, isEnd: boolean): "sse" | "json" | "unread" | null {
  const start = beginning.trimStart();
  if (start === "" && !isEnd && beginning.length < mostBlankBytes) return null;
  if (start.startsWith("{") || start.startsWith("[")) return "json";
  if (mediaType === "text/event-stream") return "sse";
  if (sseBeginnings.some((text) => start.startsWith(text))) return "sse";
  if (!isEnd && sseBeginnings.some((text) => text.startsWith(start)) && start.length < longestBeginning) return null;
  return mediaType.endsWith("json") ? "json" : "unread";
}

function beginningOf(held: readonly Uint8Array[]): string {
  const first = held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held);
  return asBuffer(first).toString("utf8", 0, Math.min(first.byteLength, mostBlankBytes));
}
