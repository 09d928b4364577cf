import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { openSegmentReader, type SegmentStep } from "../../src/journal/journal-reader.ts";
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
      step.type === "frame" ? [JSON.parse(step.payload.toString("utf8")) as ExchangeRecord] : [],
    ),
  );
}
