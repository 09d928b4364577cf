import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { ExchangeBodies, ExchangeRecord } from "../core/exchange.ts";
import type { ExchangeJournal } from "../stores/ports/exchange-journal.ts";
import { encodeEvent } from "./encode-event.ts";
import { openJournalRoom } from "./journal-room.ts";
import { createRecordEncoder, type EncodedRecord } from "./record-encoder.ts";
import { removeOldestSegments, type RemovedSegments } from "./remove-oldest-segments.ts";
import { createSegmentFile, type SegmentFile } from "./segment-file.ts";
import { listSegments, segmentName } from "./segment-names.ts";

/** What a writer needs to know. */
export interface JournalWriterOptions {
  /** Made, with mode 0700, when it is missing. */
  readonly directory: string;
  /** Name of this worker, lower-case letters and digits; no two writers of one directory should share it. */
  readonly worker: string;
  /** Size after which a segment is closed; one record may reach beyond it. */
  readonly segmentBytes: number;
  /** Bound on all segments of the directory, see `removeOldestSegments`. */
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Told when writing begins to fail, when it works again, and when old segments went. Not once per record. */
  readonly onEvent?: (event: JournalEvent) => void;
}

/** Something about the journal that an operator should see. */
export type JournalEvent =
  | { readonly event: "journal_failed"; readonly code: string; readonly message: string }
  | { readonly event: "journal_recovered"; readonly droppedRecords: number }
  /** From here on only rows are kept, then both again; `droppedBodies` counts since start. */
  | { readonly event: "journal_bodies_left_out" | "journal_bodies_kept"; readonly droppedBodies: number }
  | { readonly event: "journal_segments_removed"; readonly segments: number; readonly bytes: number };

/** The file journal: the port, and what was given up to stay within the bound. */
export interface JournalWriter extends ExchangeJournal {
  /** Closed segments this writer deleted, since start. */
  readonly removedSegments: number;
}

/**
 * A segment to which nothing was appended for so long is not appended to again, so that its reader may delete it, with a
 * generous margin, after its worker is gone.
 */
export const idleSegmentMs = 300_000;

/**
 * Appends exchange records to segment files (`docs/reference/journal-format.md`), one write for each with its bodies.
 * A record that was appended is in the page cache: it survives the death of the process, `kill -9` included, but not a
 * power cut, because nothing is synced to the disk. Segments are made when the first record needs one, so an idle worker
 * leaves no file. Where room is short bodies are left out, and counted, before any row is. A failed write loses its record,
 * is counted, and is tried anew with the next record.
 */
export function openJournalWriter(options: JournalWriterOptions): JournalWriter {
  const encode = createRecordEncoder();
  const report = createFailureReport(options.onEvent);
  const room = openJournalRoom(options);
  const segments = openSegmentSequence(options);
  const bodyLoss = createBodyLoss(options.onEvent);
  let droppedRecords = 0;
  let closed = false;

  const writeRow = (record: ExchangeRecord): void => room.took(segments.append(encoded(encode, record, null).buffers));
  const write = (record: ExchangeRecord, bodies: ExchangeBodies | null): void => {
    const given = countBodies(bodies);
    if (given === 0) return writeRow(record);
    if (!room.hasRoomForBodies()) {
      writeRow(record);
      return bodyLoss.lost(given);
    }
    const whole = encoded(encode, record, bodies);
    try {
      room.took(segments.append(whole.buffers));
    } catch {
      // What failed may have been the room for the bodies.
      writeRow(record);
      return bodyLoss.lost(given);
    }
    if (whole.bodies < given) bodyLoss.lost(given - whole.bodies);
    else bodyLoss.kept();
  };

  const kept = (work: () => void): void => {
    try {
      if (closed) throw new Error("journal is closed");
      work();
      report.succeeded();
    } catch (error) {
      droppedRecords += 1;
      report.failed(error);
    }
  };

  return {
    append: (record, bodies) => kept(() => write(record, bodies)),
    tell: (event) => kept(() => room.took(segments.append([encodeEvent(event)]))),
    get droppedRecords() {
      return droppedRecords;
    },
    get droppedBodies() {
      return bodyLoss.count;
    },
    get removedSegments() {
      return segments.removed;
    },
    close() {
      closed = true;
      segments.close();
    },
  };
}

function encoded(
  encode: ReturnType<typeof createRecordEncoder>,
  record: ExchangeRecord,
  bodies: ExchangeBodies | null,
): EncodedRecord {
  const frames = encode(record, bodies);
  if (frames === null) throw new RangeError("record larger than a frame may be");
  return frames;
}

function countBodies(bodies: ExchangeBodies | null): number {
  if (bodies === null) return 0;
  return (bodies.request === null ? 0 : 1) + (bodies.response === null ? 0 : 1);
}

/** The segments of one worker, one after the other. `append` tells how many bytes it wrote, or throws. */
function openSegmentSequence(options: JournalWriterOptions) {
  let segment: SegmentFile | null = null;
  let appendedAtMs = 0;
  let removed = 0;
  const close = (): void => {
    const ended = segment;
    segment = null;
    ended?.close();
  };
  const isWorn = (file: SegmentFile, nowMs: number): boolean =>
    file.sizeBytes >= options.segmentBytes || nowMs - appendedAtMs > idleSegmentMs || !file.isUsable();
  return {
    append(buffers: readonly Buffer[]): number {
      const nowMs = options.clock.monotonicMs();
      if (segment !== null && isWorn(segment, nowMs)) close();
      if (segment === null) {
        const begun = beginSegment(options);
        segment = begun.file;
        removed += begun.removed.segments;
        if (begun.removed.segments > 0) options.onEvent?.({ event: "journal_segments_removed", ...begun.removed });
      }
      appendedAtMs = nowMs;
      const { sizeBytes } = segment;
      segment.append(buffers);
      return segment.sizeBytes - sizeBytes;
    },
    get removed() {
      return removed;
    },
    close,
  };
}

/** How often a taken name is stepped over; it is taken only when a writer of the same name is about to end. */
const maxNameAttempts = 16;

function beginSegment(options: JournalWriterOptions): { file: SegmentFile; removed: RemovedSegments } {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const segments = listSegments(options.directory);
  const removed = removeOldestSegments(segments, options.worker, options);
  const own = segments.filter((candidate) => candidate.worker === options.worker);
  let sequence = own.reduce((highest, candidate) => Math.max(highest, candidate.sequence), 0) + 1;
  for (let attempt = 1; ; attempt += 1) {
    const name = segmentName(options.worker, options.clock.nowMs(), sequence);
    try {
      return { file: createSegmentFile(join(options.directory, name)), removed };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt === maxNameAttempts) throw error;
      sequence += 1;
    }
  }
}

/** Turns a run of failures into one event at its begin and one at its end. */
function createFailureReport(onEvent: JournalWriterOptions["onEvent"]) {
  let droppedInRow = 0;
  return {
    failed(error: unknown): void {
      droppedInRow += 1;
      if (droppedInRow > 1) return;
      const { code = "unknown", message } = error as NodeJS.ErrnoException;
      onEvent?.({ event: "journal_failed", code, message });
    },
    succeeded(): void {
      if (droppedInRow === 0) return;
      onEvent?.({ event: "journal_recovered", droppedRecords: droppedInRow });
      droppedInRow = 0;
    },
  };
}

/** Counts bodies left out, and turns a run of them into one event at its begin and one at its end. */
function createBodyLoss(onEvent: JournalWriterOptions["onEvent"]) {
  let count = 0;
  let isLosing = false;
  return {
    get count() {
      return count;
    },
    lost(bodies: number): void {
      count += bodies;
      if (!isLosing) onEvent?.({ event: "journal_bodies_left_out", droppedBodies: count });
      isLosing = true;
    },
    kept(): void {
      if (isLosing) onEvent?.({ event: "journal_bodies_kept", droppedBodies: count });
      isLosing = false;
    },
  };
}
