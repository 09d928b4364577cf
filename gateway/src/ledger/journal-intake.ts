import { readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { ExchangeRecord } from "../core/exchange.ts";
import type { GatewayEvent } from "../core/gateway-event.ts";
import type { BodyFrame } from "../journal/body-frame.ts";
import { idleSegmentMs } from "../journal/journal-writer.ts";
import { isSegmentName, listSegments, newestSegmentNames, type SegmentEntry } from "../journal/segment-names.ts";
import type { JournalCheckpoint } from "../stores/ports/log-store.ts";
import type { Quarantine } from "./quarantine.ts";
import { readSegment, type SegmentPosition } from "./read-segment.ts";

/** A record with the bodies that stood before it. */
export interface JournalItem {
  readonly record: ExchangeRecord;
  readonly request: BodyFrame | null;
  readonly response: BodyFrame | null;
}

/** What was read in one go, and how far that goes. */
export interface IntakeBatch {
  readonly items: readonly JournalItem[];
  readonly events: readonly GatewayEvent[];
  readonly checkpoints: readonly JournalCheckpoint[];
  /** Whether a bound ended it, so that there is more to read right now. */
  readonly isFull: boolean;
}

/** Bounds of one batch. */
export interface IntakeLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Reads the journal of a data directory from where the checkpoints stand. */
export interface JournalIntake {
  /** What has come since; null when nothing has. */
  read(): IntakeBatch | null;
  /** The last batch has been stored: what it finished may be deleted. */
  committed(): void;
  /** Bytes of the journal that have not been read, as of now. */
  queuedBytes(): number;
  /** Segments that were deleted before they had been read to their end, to keep the journal within its bound. */
  readonly lostSegments: number;
}

/** Where journals are, and how far they were taken in before (bytes by segment). */
export interface IntakeOptions {
  readonly directory: string;
  readonly checkpoints: ReadonlyMap<string, number>;
  readonly quarantine: Quarantine;
  readonly limits: IntakeLimits;
  readonly clock: Clock;
}

/** After so long without growth a segment is closed, whatever became of its writer; three times what writers promise. */
const abandonedMs = 3 * idleSegmentMs;

/** Opens the journals of a directory for reading from where the checkpoints say; segments that appear later are read, too. */
export function openJournalIntake({ directory, checkpoints, quarantine, limits, clock }: IntakeOptions): JournalIntake {
  const positions = new Map<string, SegmentPosition>();
  for (const [name, offset] of checkpoints) positions.set(name, newPosition(offset, clock));
  let finished: SegmentEntry[] = [];
  /** Deleted, and to be forgotten with the next batch: in this order nothing is ever read twice. */
  let forgotten: string[] = [];
  let lostSegments = 0;

  const forgetVanished = (segments: readonly SegmentEntry[]): void => {
    const present = new Set(segments.map(({ name }) => name));
    for (const [name, position] of positions) {
      if (present.has(name)) continue;
      positions.delete(name);
      forgotten.push(name);
      if (position.offset < position.sizeBytes) lostSegments += 1;
    }
  };

  return {
    read() {
      const segments = listSegments(directory);
      moveForeignFiles(directory, quarantine);
      forgetVanished(segments);
      const newest = newestSegmentNames(segments);
      const items: JournalItem[] = [];
      const events: GatewayEvent[] = [];
      const reached: JournalCheckpoint[] = forgotten.map((segment) => ({ segment, offset: null }));
      let remainingBytes = limits.bytes;
      for (const segment of segments) {
        const position = positions.get(segment.name) ?? newPosition(0, clock);
        positions.set(segment.name, position);
        noteGrowth(position, segment, clock);
        const isClosed = !newest.has(segment.name) || clock.monotonicMs() - position.grewAtMs > abandonedMs;
        const before = position.offset;
        const room = { records: limits.records - items.length, bytes: remainingBytes };
        const isDone = readSegment(segment, { position, isClosed, quarantine, room, items, events });
        remainingBytes -= position.offset - before;
        if (isDone) finished.push(segment);
        if (position.offset > before) reached.push({ segment: segment.name, offset: position.offset });
        if (items.length >= limits.records || remainingBytes <= 0)
          return { items, events, checkpoints: reached, isFull: true };
      }
      if (reached.length === 0 && finished.length === 0) return null;
      return { items, events, checkpoints: reached, isFull: false };
    },
    committed() {
      forgotten = [];
      for (const { path, name } of finished) {
        // A worker on its way out may have appended after all, while its successor has a newer segment.
        if (sizeOf(path) > (positions.get(name)?.offset ?? 0)) continue;
        deleteQuietly(path);
        positions.delete(name);
        forgotten.push(name);
      }
      finished = [];
    },
    queuedBytes() {
      return listSegments(directory).reduce(
        (sum, { name, sizeBytes }) => sum + Math.max(0, sizeBytes - (positions.get(name)?.offset ?? 0)),
        0,
      );
    },
    get lostSegments() {
      return lostSegments;
    },
  };
}

function newPosition(offset: number, clock: Clock): SegmentPosition {
  return { offset, sizeBytes: offset, grewAtMs: clock.monotonicMs(), faultOffset: null, isAbandoned: false };
}

function noteGrowth(position: SegmentPosition, { sizeBytes }: SegmentEntry, clock: Clock): void {
  if (position.sizeBytes !== sizeBytes) position.grewAtMs = clock.monotonicMs();
  position.sizeBytes = sizeBytes;
}

/** Files that are no segments by their name. Folders are left alone. */
function moveForeignFiles(directory: string, quarantine: Quarantine): void {
  for (const entry of entriesOf(directory)) {
    if (!entry.isFile() || isSegmentName(entry.name)) continue;
    try {
      quarantine.move(join(directory, entry.name), entry.name);
    } catch {
      // Gone by itself, or no right to move it: it does no harm where it is.
    }
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function deleteQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
