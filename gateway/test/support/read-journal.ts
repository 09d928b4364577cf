import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { openSegmentReader, type SegmentStep } from "../../src/journal/journal-reader.ts";
import { type BodyFrame, readBodyFrame } from "../../src/journal/body-frame.ts";
import {
  eventFrameKind,
  exchangeFrameKind,
  requestBodyFrameKind,
  responseBodyFrameKind,
} from "../../src/journal/segment-format.ts";
import { listSegments } from "../../src/journal/segment-names.ts";

/** All steps of one segment file up to the first that is not a frame, that one included. */
export function readSegmentSteps(path: string, startOffset = 0): SegmentStep[] {
  const reader = openSegmentReader(path, startOffset);
  try {
    const steps: SegmentStep[] = [];
    for (;;) {
      const step = reader.next();
      steps.push(step);
      if (step.type !== "frame") return steps;
    }
  } finally {
    reader.close();
  }
}

/** The records of all segments of a journal directory, segment by segment; damage and torn tails end a segment. */
export function readJournalRecords(directory: string): ExchangeRecord[] {
  return listSegments(directory).flatMap((segment) =>
    readSegmentSteps(segment.path).flatMap((step) =>
      step.type === "frame" && step.kind === exchangeFrameKind
        ? [JSON.parse(step.payload.toString("utf8")) as ExchangeRecord]
        : [],
    ),
  );
}

/** The events of all segments of a journal directory. */
export function readJournalEvents(directory: string): unknown[] {
  return listSegments(directory).flatMap((segment) =>
    readSegmentSteps(segment.path).flatMap((step): unknown[] =>
      step.type === "frame" && step.kind === eventFrameKind ? [JSON.parse(step.payload.toString("utf8"))] : [],
    ),
  );
}

/** A record with the bodies kept beside it. */
export interface JournalBodies {
  readonly record: ExchangeRecord;
  readonly request: BodyFrame | null;
  readonly response: BodyFrame | null;
}

/** The records of a journal directory with the body frames that stand before each. */
export function readJournalBodies(directory: string): JournalBodies[] {
  return listSegments(directory).flatMap((segment) => {
    const found: JournalBodies[] = [];
    let bodies: Omit<JournalBodies, "record"> = { request: null, response: null };
    for (const step of readSegmentSteps(segment.path)) {
      if (step.type !== "frame") break;
      if (step.kind === requestBodyFrameKind) bodies = { ...bodies, request: readBodyFrame(step.payload) };
      if (step.kind === responseBodyFrameKind) bodies = { ...bodies, response: readBodyFrame(step.payload) };
      if (step.kind !== exchangeFrameKind) continue;
      found.push({ record: JSON.parse(step.payload.toString("utf8")) as ExchangeRecord, ...bodies });
      bodies = { request: null, response: null };
    }
    return found;
  });
}
