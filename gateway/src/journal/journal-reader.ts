import { closeSync, openSync, readSync } from "node:fs";
import { frameChecksum, frameHeaderBytes, maxPayloadBytes, readFrameHeader, segmentMagic } from "./segment-format.ts";

/** One whole frame with a right checksum. */
export interface JournalFrame {
  readonly type: "frame";
  readonly kind: number;
  /** A copy; the caller may keep it. */
  readonly payload: Buffer;
  /** Where the frame begins in its segment. */
  readonly offset: number;
  /** Where the next one begins: the position to remember. */
  readonly nextOffset: number;
}

/** Why bytes at an offset cannot be a frame. */
export type CorruptionReason = "bad_magic" | "bad_length" | "bad_checksum";

/** What stands at the reader's position. */
export type SegmentStep =
  | JournalFrame
  /** The file ends exactly here. */
  | { readonly type: "end"; readonly offset: number }
  /** The file ends inside magic or frame: being written right now, or its writer died in the middle. */
  | { readonly type: "torn"; readonly offset: number }
  /** Damage. What follows in this segment cannot be told apart; go on with the next segment. */
  | { readonly type: "corrupt"; readonly offset: number; readonly reason: CorruptionReason };

/** Reads the frames of one segment in order. */
export interface SegmentReader {
  /** The step at the current position. Moves on only past a frame; after any other step the bytes are read anew next time. */
  next(): SegmentStep;
  close(): void;
}

const windowBytes = 256 * 1024;

/**
 * Opens `path` for reading from `startOffset`: 0 for the beginning, or a `nextOffset` remembered earlier.
 * Holds one window of 256 KiB, more only for a frame that is larger. Throws what `open` throws, e.g. `ENOENT`.
 */
export function openSegmentReader(path: string, startOffset = 0): SegmentReader {
  const bytes = openByteWindow(path);
  let offset = startOffset;

  const settle = <Step extends SegmentStep>(step: Step): Step => {
    if (step.type === "frame") offset = step.nextOffset;
    else bytes.forget();
    return step;
  };
  return {
    next() {
      if (offset === 0) {
        const magic = bytes.at(0, segmentMagic.length);
        if (magic.length < segmentMagic.length) return settle({ type: "torn", offset });
        if (!magic.equals(segmentMagic)) return settle({ type: "corrupt", offset, reason: "bad_magic" });
        offset = segmentMagic.length;
      }
      return settle(readStep(bytes, offset));
    },
    close: () => bytes.close(),
  };
}

/**
 * Where the frame at `offset` ends if its length can be trusted; null when the file ends before. For going on behind a frame whose
 * checksum is wrong.
 */
export function announcedFrameEnd(path: string, offset: number): number | null {
  const bytes = openByteWindow(path);
  try {
    const head = bytes.at(offset, frameHeaderBytes);
    return head.length < frameHeaderBytes ? null : offset + frameHeaderBytes + readFrameHeader(head).payloadBytes;
  } finally {
    bytes.close();
  }
}

function readStep(bytes: ByteWindow, offset: number): SegmentStep {
  const head = bytes.at(offset, frameHeaderBytes);
  if (head.length === 0) return { type: "end", offset };
  if (head.length < frameHeaderBytes) return { type: "torn", offset };
  const { payloadBytes, checksum, kind } = readFrameHeader(head);
  if (payloadBytes > maxPayloadBytes) return { type: "corrupt", offset, reason: "bad_length" };
  const lengthBytes = frameHeaderBytes + payloadBytes;
  const frame = bytes.at(offset, lengthBytes);
  if (frame.length < lengthBytes) return { type: "torn", offset };
  if (frameChecksum(frame) !== checksum) return { type: "corrupt", offset, reason: "bad_checksum" };
  const payload = Buffer.from(frame.subarray(frameHeaderBytes));
  return { type: "frame", kind, payload, offset, nextOffset: offset + lengthBytes };
}

interface ByteWindow {
  /** Up to `lengthBytes` from `offset`, fewer at the end of the file; valid until the next call. */
  at(offset: number, lengthBytes: number): Buffer;
  /** Drops what was read, since the tail of a live file may change. */
  forget(): void;
  close(): void;
}

function openByteWindow(path: string): ByteWindow {
  const descriptor = openSync(path, "r");
  let buffer = Buffer.allocUnsafe(windowBytes);
  let startOffset = 0;
  let filledBytes = 0;
  const refill = (offset: number, lengthBytes: number): void => {
    const neededBytes = Math.max(lengthBytes, windowBytes);
    if (buffer.length !== neededBytes) buffer = Buffer.allocUnsafe(neededBytes);
    startOffset = offset;
    filledBytes = 0;
    while (filledBytes < buffer.length) {
      const readBytes = readSync(descriptor, buffer, filledBytes, buffer.length - filledBytes, offset + filledBytes);
      if (readBytes === 0) return;
      filledBytes += readBytes;
    }
  };
  return {
    at(offset, lengthBytes) {
      if (offset < startOffset || offset + lengthBytes > startOffset + filledBytes) refill(offset, lengthBytes);
      const from = offset - startOffset;
      return buffer.subarray(from, Math.min(from + lengthBytes, filledBytes));
    },
    forget() {
      filledBytes = 0;
    },
    close: () => closeSync(descriptor),
  };
}
