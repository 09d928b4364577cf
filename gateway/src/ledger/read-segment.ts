import { type BodyFrame, readBodyFrame } from "../journal/body-frame.ts";
import {
  announcedFrameEnd,
  type JournalFrame,
  openSegmentReader,
  type SegmentReader,
  type SegmentStep,
} from "../journal/journal-reader.ts";
import type { GatewayEvent } from "../core/gateway-event.ts";
import {
  eventFrameKind,
  exchangeFrameKind,
  requestBodyFrameKind,
  responseBodyFrameKind,
} from "../journal/segment-format.ts";
import type { SegmentEntry } from "../journal/segment-names.ts";
import type { IntakeLimits, JournalItem } from "./journal-intake.ts";
import type { Quarantine } from "./quarantine.ts";
import { readEvent } from "./read-event.ts";
import { readRecord } from "./read-record.ts";

/** How far a segment has been read. */
export interface SegmentPosition {
  /** After the last record taken. */
  offset: number;
  sizeBytes: number;
  /** When it was last seen larger than before, monotonic. */
  grewAtMs: number;
  /** Where damage was met that the next look has to confirm: it may be a frame caught between a failed write and its repair. */
  faultOffset: number | null;
  /** Damaged behind `offset`; the rest is moved aside once nobody appends to it. */
  isAbandoned: boolean;
}

interface SegmentReading {
  readonly position: SegmentPosition;
  /** Whether its writer is done with it. */
  readonly isClosed: boolean;
  readonly quarantine: Quarantine;
  readonly room: IntakeLimits;
  /** Where records go. */
  readonly items: JournalItem[];
  /** Where events go. */
  readonly events: GatewayEvent[];
}

/**
 * Reads on in one segment as far as there is room, and moves its position. Damage goes into quarantine: a record whose frame is still
 * bounded by a right one alone, else the rest of the segment. True when the segment is finished and may be deleted.
 */
export function readSegment(segment: SegmentEntry, reading: SegmentReading): boolean {
  const { position, isClosed } = reading;
  if (position.isAbandoned) return isClosed && giveUpRest(segment, reading, "damaged");
  if (segment.sizeBytes <= position.offset) return isClosed;
  const reader = tryOpen(segment.path, position.offset);
  if (reader === null) return false;
  try {
    return readFrames(segment, reading, reader);
  } catch {
    // The disk does not give the bytes: what was taken before stays taken.
    position.isAbandoned = true;
    return false;
  } finally {
    reader.close();
  }
}

function readFrames(segment: SegmentEntry, reading: SegmentReading, reader: SegmentReader): boolean {
  const { position, room, items, events, quarantine } = reading;
  const startOffset = position.offset;
  const startItems = items.length;
  let bodies = createBodies();
  for (;;) {
    if (items.length - startItems >= room.records || position.offset - startOffset >= room.bytes) return false;
    const step = reader.next();
    if (step.type !== "frame") return meetEnd(segment, reading, { step, hasBodies: bodies.isWaiting() });
    if (bodies.take(step)) continue;
    const bounds = { from: step.offset, to: step.nextOffset };
    if (step.kind === exchangeFrameKind) {
      const record = readRecord(step.payload);
      if (record === null) setAside(segment, quarantine, { ...bounds, reason: "bad_payload" });
      else items.push({ record, ...bodies.of(record.id) });
      bodies = createBodies();
    } else if (step.kind === eventFrameKind) {
      const event = readEvent(step.payload);
      if (event === null) setAside(segment, quarantine, { ...bounds, reason: "bad_payload" });
      else events.push(event);
    }
    position.offset = step.nextOffset;
  }
}

/** The body frames since the last record. */
function createBodies() {
  let request: BodyFrame | null = null;
  let response: BodyFrame | null = null;
  // One that cannot be read counts, too: the position stays before it.
  let isWaiting = false;
  return {
    take(frame: JournalFrame): boolean {
      if (frame.kind === requestBodyFrameKind) request = readBodyFrame(frame.payload);
      else if (frame.kind === responseBodyFrameKind) response = readBodyFrame(frame.payload);
      else return false;
      isWaiting = true;
      return true;
    },
    isWaiting: () => isWaiting,
    of(id: string): { request: BodyFrame | null; response: BodyFrame | null } {
      const idHex = id.replaceAll("-", "");
      return {
        request: request?.idHex === idHex ? request : null,
        response: response?.idHex === idHex ? response : null,
      };
    },
  };
}

function meetEnd(
  segment: SegmentEntry,
  reading: SegmentReading,
  { step, hasBodies }: { step: Exclude<SegmentStep, JournalFrame>; hasBodies: boolean },
): boolean {
  const { position, isClosed } = reading;
  if (step.type === "end" && !hasBodies) return isClosed;
  if (step.type !== "corrupt") return isClosed && giveUpRest(segment, reading, "torn");
  if (position.faultOffset !== step.offset) {
    position.faultOffset = step.offset;
    return false;
  }
  const nextOffset = step.reason === "bad_checksum" ? boundedFrameEnd(segment.path, step.offset) : null;
  if (nextOffset === null) {
    position.isAbandoned = true;
    return isClosed && giveUpRest(segment, reading, step.reason);
  }
  setAside(segment, reading.quarantine, { from: step.offset, to: nextOffset, reason: step.reason });
  position.offset = nextOffset;
  return false;
}

/** Everything behind the position goes aside. */
function giveUpRest(segment: SegmentEntry, { position, quarantine }: SegmentReading, reason: string): true {
  setAside(segment, quarantine, { from: position.offset, to: segment.sizeBytes, reason });
  position.offset = segment.sizeBytes;
  return true;
}

function setAside(
  { path, name }: SegmentEntry,
  quarantine: Quarantine,
  { from, to, reason }: { from: number; to: number; reason: string },
): void {
  quarantine.copy({ path, name: `${name}.${from}.${reason}`, from, to });
}

/** End of a damaged frame when a whole frame, or the end of the file, follows there; else its length is not to be trusted. */
function boundedFrameEnd(path: string, offset: number): number | null {
  const end = announcedFrameEnd(path, offset);
  const reader = end === null ? null : tryOpen(path, end);
  if (reader === null) return null;
  try {
    const { type } = reader.next();
    return type === "frame" || type === "end" ? end : null;
  } finally {
    reader.close();
  }
}

function tryOpen(path: string, offset: number): SegmentReader | null {
  try {
    return openSegmentReader(path, offset);
  } catch {
    // Deleted meanwhile: the next listing will not have it.
    return null;
  }
}
