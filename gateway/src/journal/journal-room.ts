import { statfsSync } from "node:fs";
import type { Clock } from "../core/clock.ts";
import { listSegments } from "./segment-names.ts";

/** Whether there is room for bodies, or only for rows. */
export interface JournalRoom {
  /** Asked before each record; looks at the disk at most once a second. */
  hasRoomForBodies(): boolean;
  /** Told what was written since, in bytes. */
  took(sizeBytes: number): void;
}

/** Where the segments are, and how much room they have. */
export interface JournalRoomOptions {
  readonly directory: string;
  /** Bound on all segments together. */
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** Share of the bound that bodies may fill; what is above is for rows alone. */
const bodyShare = 0.75;

/** Free space under which bodies are left out: 64 MiB, or a twentieth of a smaller disk. */
const reserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.05;

const lookEveryMs = 1000;

/**
 * Bodies have room while all segments together fill less than three quarters of their bound and the disk has a reserve left.
 * A directory that is missing or cannot be looked at has room: the write itself will tell.
 */
export function openJournalRoom({ directory, maxBytes, clock }: JournalRoomOptions): JournalRoom {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let remainingBytes = 0;
  return {
    hasRoomForBodies() {
      const nowMs = clock.monotonicMs();
      if (nowMs - lookedAtMs >= lookEveryMs) {
        lookedAtMs = nowMs;
        remainingBytes = remainingForBodies(directory, maxBytes);
      }
      return remainingBytes > 0;
    },
    took(sizeBytes) {
      remainingBytes -= sizeBytes;
    },
  };
}

function remainingForBodies(directory: string, maxBytes: number): number {
  try {
    let usedBytes = 0;
    for (const segment of listSegments(directory)) usedBytes += segment.sizeBytes;
    return Math.min(maxBytes * bodyShare - usedBytes, freeBytes(directory));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** What the disk has above the reserve. */
function freeBytes(directory: string): number {
  const { bavail, bsize, blocks } = statfsSync(directory);
  return bavail * bsize - Math.min(reserveBytes, blocks * bsize * reserveShare);
}
