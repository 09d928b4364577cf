import type { ExchangeRecord } from "../core/exchange.ts";
import { createDirectoryWatch } from "./directory-watch.ts";
import { type CorruptionReason, type JournalFrame, openSegmentReader, type SegmentReader } from "./journal-reader.ts";
import { exchangeFrameKind } from "./segment-format.ts";
import { listSegments, newestSegmentNames, type SegmentEntry } from "./segment-names.ts";

/** A record, or a place where none could be read. */
export type JournalEntry =
  | { readonly type: "record"; readonly record: ExchangeRecord; readonly segment: string }
  | {
      readonly type: "fault";
      readonly segment: string;
      readonly offset: number;
      /** `torn`: the writer died inside a record. The other reasons are damage; the rest of that segment is skipped. */
      readonly reason: CorruptionReason | "bad_payload" | "torn" | "unreadable";
    };

/** What to follow. */
export interface FollowOptions {
  /** May be missing, appear later and vanish. */
  readonly directory: string;
  /** `start`: everything still there first; `now`: only what is appended from here on. */
  readonly from: "start" | "now";
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** Longest time a new record goes unseen where the system sends no file events; default 200. */
  readonly pollMs?: number;
}

interface SegmentPosition {
  offset: number;
  /** Nothing further is read from a damaged segment. */
  abandoned: boolean;
  /** Where a fault was met that the next look has to confirm, or that has been reported. */
  faultOffset: number | null;
}

/**
 * Yields the records of all segments as they are appended, each once: in order within a segment, segments oldest first,
 * without order between workers. Torn tails of live segments are waited for. Ends when `signal` aborts.
 */
export async function* followJournal(options: FollowOptions): AsyncGenerator<JournalEntry, void> {
  const positions = options.from === "now" ? endPositions(options.directory) : new Map<string, SegmentPosition>();
  const watch = createDirectoryWatch(options.directory, options.pollMs ?? 200);
  try {
    while (!options.signal.aborted) {
      const segments = listSegments(options.directory);
      const newest = newestSegmentNames(segments);
      forgetDeleted(positions, segments);
      for (const segment of segments) {
        const position = positions.get(segment.name) ?? { offset: 0, abandoned: false, faultOffset: null };
        positions.set(segment.name, position);
        if (position.abandoned || segment.sizeBytes <= position.offset) continue;
        yield* readOn(segment, position, !newest.has(segment.name));
        if (options.signal.aborted) return;
      }
      if (watch.isOpen) await watch.changed(options.signal);
      else watch.begin();
    }
  } finally {
    watch.close();
  }
}

function* readOn(segment: SegmentEntry, position: SegmentPosition, isClosed: boolean): Generator<JournalEntry> {
  const reader = tryOpen(segment, position.offset);
  if (reader === "gone") return;
  if (reader === "unreadable") {
    position.abandoned = true;
    yield { type: "fault", segment: segment.name, offset: position.offset, reason: "unreadable" };
    return;
  }
  try {
    for (;;) {
      const step = reader.next();
      if (step.type !== "frame") {
        const seenBefore = position.faultOffset === step.offset;
        if (step.type !== "end") position.faultOffset = step.offset;
        if (step.type === "torn" && isClosed && !seenBefore) {
          yield { type: "fault", segment: segment.name, offset: step.offset, reason: "torn" };
        }
        // Seen once it may be a frame caught between a failed write and its repair.
        if (step.type === "corrupt" && seenBefore) {
          position.abandoned = true;
          yield { type: "fault", segment: segment.name, offset: step.offset, reason: step.reason };
        }
        return;
      }
      position.offset = step.nextOffset;
      if (step.kind === exchangeFrameKind) yield toEntry(segment.name, step);
    }
  } finally {
    reader.close();
  }
}

function toEntry(segment: string, frame: JournalFrame): JournalEntry {
  try {
    return { type: "record", record: JSON.parse(frame.payload.toString("utf8")) as ExchangeRecord, segment };
  } catch {
    return { type: "fault", segment, offset: frame.offset, reason: "bad_payload" };
  }
}

function tryOpen(segment: SegmentEntry, offset: number): SegmentReader | "gone" | "unreadable" {
  try {
    return openSegmentReader(segment.path, offset);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "unreadable";
  }
}

/** The end of the last whole frame of each segment: a torn tail may yet be cut off and written over. */
function endPositions(directory: string): Map<string, SegmentPosition> {
  const segments = listSegments(directory);
  const newest = newestSegmentNames(segments);
  const positions = new Map<string, SegmentPosition>();
  for (const segment of segments) {
    const position = { offset: 0, abandoned: false, faultOffset: null };
    positions.set(segment.name, position);
    if (newest.has(segment.name)) for (const _ of readOn(segment, position, false));
    else position.offset = segment.sizeBytes;
  }
  return positions;
}

function forgetDeleted(positions: Map<string, SegmentPosition>, segments: readonly SegmentEntry[]): void {
  const present = new Set(segments.map((segment) => segment.name));
  for (const name of positions.keys()) if (!present.has(name)) positions.delete(name);
}
