import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { ExchangeRecord } from "../core/exchange.ts";
import type { ExchangeJournal } from "../stores/ports/exchange-journal.ts";
import { removeOldestSegments, type RemovedSegments } from "./remove-oldest-segments.ts";
import { createSegmentFile, type SegmentFile } from "./segment-file.ts";
import { createFrameEncoder, exchangeFrameKind } from "./segment-format.ts";
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
  | { readonly event: "journal_segments_removed"; readonly segments: number; readonly bytes: number };

/** The file journal: the port, and what was given up to stay within the bound. */
export interface JournalWriter extends ExchangeJournal {
  /** Closed segments this writer deleted, since start. */
  readonly removedSegments: number;
}

/**
 * Appends exchange records to segment files (`docs/reference/journal-format.md`), one write each.
 * A record that was appended is in the page cache: it survives the death of the process, `kill -9` included, but not a
 * power cut, because nothing is synced to the disk. Segments are made when the first record needs one, so an idle worker
 * leaves no file. A failed write loses its record, is counted, and is tried anew with the next record.
 */
export function openJournalWriter(options: JournalWriterOptions): JournalWriter {
  const encode = createFrameEncoder();
  const report = createFailureReport(options.onEvent);
  let segment: SegmentFile | null = null;
  let droppedRecords = 0;
  let removedSegments = 0;
  let closed = false;

  const closeSegment = (): void => {
    const ended = segment;
    segment = null;
    ended?.close();
  };
  const write = (record: ExchangeRecord): void => {
    const frame = encode(exchangeFrameKind, JSON.stringify(record));
    if (frame === null) throw new RangeError("record larger than a frame may be");
    if (segment !== null && (segment.sizeBytes >= options.segmentBytes || !segment.isUsable())) closeSegment();
    if (segment === null) {
      const begun = beginSegment(options);
      segment = begun.file;
      removedSegments += begun.removed.segments;
      if (begun.removed.segments > 0) options.onEvent?.({ event: "journal_segments_removed", ...begun.removed });
    }
    segment.append(frame.buffer, frame.lengthBytes);
  };

  return {
    append(record) {
      try {
        if (closed) throw new Error("journal is closed");
        write(record);
        report.succeeded();
      } catch (error) {
        droppedRecords += 1;
        report.failed(error);
      }
    },
    get droppedRecords() {
      return droppedRecords;
    },
    get removedSegments() {
      return removedSegments;
    },
    close() {
      closed = true;
      closeSegment();
    },
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
