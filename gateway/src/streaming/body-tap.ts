import type { Dialect } from "../dialects/dialect.ts";
import { isRecord } from "../dialects/read-path.ts";
import type { UsageReader } from "../dialects/read-usage.ts";
import type { AnswerReading, AnswerTap } from "./answer-reading.ts";
import { bodyFromWindows } from "./body-from-windows.ts";
import { asBuffer } from "./as-buffer.ts";
import { openByteCollector, type ByteCollector, type CollectedBytes } from "./byte-collector.ts";
import { parseJson, type EventReader } from "./event-reader.ts";

/** How an answer that is one JSON value is read. */
export interface BodyTapOptions {
  readonly dialect: Dialect;
  readonly usage: UsageReader;
  /** Opens the reader for answers that stream their events as the elements of one array. */
  readonly openEvents: () => EventReader;
}

const OPEN_BRACKET = 0x5b;
const noBytes = Buffer.alloc(0);
/** Bodies up to 4 MiB are parsed whole; of larger ones both ends are read. */
const bodyLimits = { maxBytes: 4_194_304, windowBytes: 65_536 };

/** A tap on a plain JSON body, read once at the end. Blank space before the value is prelude: some vendors send it while they think. */
export class BodyTap implements AnswerTap {
  readonly #options: BodyTapOptions;
  readonly atEventBorder = false;
  /** The only piece so far; most bodies come in one. */
  #first: Buffer | null = null;
  #collector: ByteCollector | null = null;
  progress: "nothing" | "prelude" | "content" = "nothing";

  constructor(options: BodyTapOptions) {
    this.#options = options;
  }

  observe(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const piece = asBuffer(chunk);
    if (this.progress !== "content") this.progress = piece.some((byte) => byte > 32) ? "content" : "prelude";
    if (this.#collector === null && this.#first === null && piece.length <= bodyLimits.maxBytes) {
      this.#first = piece;
      return;
    }
    this.#collector ??= this.#openCollector();
    this.#collector.push(piece);
  }

  finish(): AnswerReading {
    const head = this.#first ?? noBytes;
    return readBody(this.#options, this.#collector?.take() ?? { isWhole: true, head, tail: noBytes });
  }

  #openCollector(): ByteCollector {
    const collector = openByteCollector(bodyLimits);
    if (this.#first !== null) collector.push(this.#first);
    this.#first = null;
    return collector;
  }
}

function readBody(options: BodyTapOptions, collected: CollectedBytes): AnswerReading {
  const { dialect, usage } = options;
  const isArray = firstVisibleByte(collected.head) === OPEN_BRACKET;
  const body = collected.isWhole ? parseJson(collected.head.toString("utf8")) : undefined;
  if (isArray) return readArray(options, collected, body);
  usage.note(collected.isWhole ? body : bodyFromWindows(dialect, collected));
  const errorMessage = dialect.errorIn(body);
  const told = { usage: usage.usage(), model: usage.model() };
  return errorMessage === null ? { ...told, ending: "complete" } : { ...told, ending: "error", errorMessage };
}

function firstVisibleByte(head: Buffer): number | undefined {
  return head.find((byte) => byte > 32);
}

/** An array whose elements are events where the protocol streams so; elsewhere a list whose elements may tell usage. */
function readArray(options: BodyTapOptions, collected: CollectedBytes, body: unknown): AnswerReading {
  const { dialect, usage } = options;
  const isStream = dialect.finishRequiredIn.includes("json-array");
  if (!Array.isArray(body)) {
    if (isStream || !collected.isWhole) usage.note(bodyFromWindows(dialect, asWindows(collected)));
    const ending = isStream && collected.isWhole ? "truncated" : "complete";
    return { usage: usage.usage(), model: usage.model(), ending };
  }
  const events = isStream ? options.openEvents() : null;
  for (const element of body.filter(isRecord)) {
    if (events !== null) events.read("", JSON.stringify(element));
    else usage.note(element);
  }
  if (events !== null) return events.finish("json-array", false);
  return { usage: usage.usage(), model: usage.model(), ending: "complete" };
}

/** A stream's array that was cut short is searched like one of which only the ends are known. */
function asWindows(collected: CollectedBytes): CollectedBytes {
  return collected.isWhole ? { ...collected, tail: collected.head.subarray(-bodyLimits.windowBytes) } : collected;
}
