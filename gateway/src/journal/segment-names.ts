import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** One segment file of a journal directory. */
export interface SegmentEntry {
  readonly name: string;
  readonly path: string;
  /** Who wrote it: lower-case letters and digits. */
  readonly worker: string;
  /** When it was begun, Unix milliseconds by the writer's clock. */
  readonly startMs: number;
  /** Orders the segments of one worker, whatever its clock did. */
  readonly sequence: number;
  readonly sizeBytes: number;
}

const namePattern = /^([a-z0-9]+)-(\d{1,15})-(\d{1,15})\.hgj$/;

/** Whether a file of this name is a segment. */
export function isSegmentName(name: string): boolean {
  return namePattern.test(name);
}

/** File name of a segment: `<worker>-<startMs>-<sequence>.hgj`, the sequence padded to eight digits. */
export function segmentName(worker: string, startMs: number, sequence: number): string {
  return `${worker}-${startMs}-${String(sequence).padStart(8, "0")}.hgj`;
}

/**
 * Segments of `directory` with their sizes, oldest first. Files with other names and files deleted meanwhile are left out;
 * a missing directory has none.
 */
export function listSegments(directory: string): SegmentEntry[] {
  const segments: SegmentEntry[] = [];
  for (const name of namesIn(directory)) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    const path = join(directory, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    const [, worker, startMs, sequence] = match as unknown as [string, string, string, string];
    segments.push({
      name,
      path,
      worker,
      startMs: Number(startMs),
      sequence: Number(sequence),
      sizeBytes: status.size,
    });
  }
  return segments.sort(
    (left, right) =>
      left.startMs - right.startMs || left.sequence - right.sequence || (left.worker < right.worker ? -1 : 1),
  );
}

/** Names of the segments that their workers may still be writing: the last of each worker. */
export function newestSegmentNames(segments: readonly SegmentEntry[]): ReadonlySet<string> {
  const newest = new Map<string, SegmentEntry>();
  for (const segment of segments) {
    const known = newest.get(segment.worker);
    if (known === undefined || known.sequence <= segment.sequence) newest.set(segment.worker, segment);
  }
  return new Set([...newest.values()].map((segment) => segment.name));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
