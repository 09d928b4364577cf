import { unlinkSync } from "node:fs";
import { newestSegmentNames, type SegmentEntry } from "./segment-names.ts";

/** What had to go so that the journal stays within its bound. */
export interface RemovedSegments {
  readonly segments: number;
  readonly bytes: number;
}

/** The bound on a journal directory. */
export interface JournalBound {
  readonly maxBytes: number;
  /** Size reserved for each segment that is still written to. */
  readonly segmentBytes: number;
}

/**
 * Deletes the oldest closed segments until `worker` may begin another one within the bound.
 * The newest segment of every other worker stays and counts with the size it may grow to; so the bound holds as long as
 * it is at least `segmentBytes` times the number of workers. Segments deleted by someone else meanwhile are not counted.
 */
export function removeOldestSegments(
  segments: readonly SegmentEntry[],
  worker: string,
  bound: JournalBound,
): RemovedSegments {
  const newest = newestSegmentNames(segments);
  const isLive = (segment: SegmentEntry): boolean => segment.worker !== worker && newest.has(segment.name);
  let totalBytes = bound.segmentBytes;
  for (const segment of segments) {
    totalBytes += isLive(segment) ? Math.max(segment.sizeBytes, bound.segmentBytes) : segment.sizeBytes;
  }
  const removed = { segments: 0, bytes: 0 };
  for (const segment of segments) {
    if (totalBytes <= bound.maxBytes) break;
    if (isLive(segment)) continue;
    totalBytes -= segment.sizeBytes;
    if (!unlinkIfPresent(segment.path)) continue;
    removed.segments += 1;
    removed.bytes += segment.sizeBytes;
  }
  return removed;
}

function unlinkIfPresent(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
