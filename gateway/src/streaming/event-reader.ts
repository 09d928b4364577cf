import type { Dialect, EventKind, StreamFraming } from "../dialects/dialect.ts";
import type { UsageReader } from "../dialects/read-usage.ts";
import type { AnswerProgress, AnswerReading } from "./answer-reading.ts";
import type { CollectedBytes } from "./byte-collector.ts";
import { bodyFromWindows } from "./body-from-windows.ts";
import { isWatched } from "./is-watched.ts";

/** Judges the events of one streamed answer. */
export interface EventReader {
  readonly progress: AnswerProgress;
  /** True when an event with these raw bytes need not be decoded at all. */
  isDull(raw: Buffer): boolean;
  /** Takes in an event. */
  read(type: string, data: string): void;
  /** Takes in an event of which only the ends were kept. */
  readWindows(type: string, windows: CollectedBytes): void;
  /** Takes in bytes between events: comments, names without data. */
  skipComment(): void;
  /** Takes in an event that could not be read at all: its absence from the reading proves nothing. */
  skipUnread(): void;
  /** Takes in an error that the framing itself tells. */
  fail(message: string): void;
  /** The reading; `isCut` when the framing itself shows that bytes are missing. */
  finish(framing: StreamFraming, isCut: boolean): AnswerReading;
}

const ranks: Readonly<Record<AnswerProgress, number>> = { nothing: 0, prelude: 1, content: 2, finish: 3, error: 4 };

/** A reader for the events of one answer in `dialect`, noting usage in `usage`. */
export function openEventReader(dialect: Dialect, usage: UsageReader): EventReader {
  let progress: AnswerProgress = "nothing";
  let hasFinish = false;
  let hasUnread = false;
  let errorMessage: string | null = null;

  function raise(kind: EventKind): void {
    if (kind === "finish") hasFinish = true;
    if (ranks[kind] > ranks[progress]) progress = kind;
  }

  function judge(type: string, data: string, body: unknown): void {
    usage.note(body);
    const kind = dialect.classifyEvent({ type, data, body });
    if (kind === "error") errorMessage ??= dialect.errorIn(body) ?? data;
    raise(kind);
  }

  return {
    get progress() {
      return progress;
    },
    isDull: (raw) => ranks[progress] >= ranks.content && !isWatched(raw, dialect.watch),
    read: (type, data) => judge(type, data, parseJson(data)),
    readWindows(type, windows) {
      hasUnread = true;
      judge(type, "", bodyFromWindows(dialect, windows));
    },
    skipComment: () => raise("prelude"),
    skipUnread() {
      hasUnread = true;
      raise("content");
    },
    fail(message) {
      errorMessage ??= message;
      raise("error");
    },
    finish(framing, isCut) {
      const told = { usage: usage.usage(), model: usage.model() };
      if (progress === "error") return { ...told, ending: "error", errorMessage: errorMessage ?? "" };
      const lacksFinish = dialect.finishRequiredIn.includes(framing) && !hasFinish && !hasUnread;
      return { ...told, ending: isCut || lacksFinish ? "truncated" : "complete" };
    },
  };
}

/** The value a JSON text stands for; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
