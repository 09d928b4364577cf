import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { segmentMagic } from "./segment-format.ts";

/** A segment open for appending. */
export interface SegmentFile {
  /** Bytes up to the end of the last whole frame. */
  readonly sizeBytes: number;
  /** False once the file was deleted or could not be cut back after a failed write; then it must not be used further. */
  isUsable(): boolean;
  /** Appends `lengthBytes` of `buffer`, in one write unless space is short, or throws and leaves the file ending in a whole frame. */
  append(buffer: Uint8Array, lengthBytes: number): void;
  close(): void;
}

/** Creates `path`, which must not exist (else it throws `EEXIST`), readable by its owner alone, and writes the magic. */
export function createSegmentFile(path: string): SegmentFile {
  const descriptor = openSync(path, "ax", 0o600);
  let sizeBytes = 0;
  let intact = true;
  const append = (buffer: Uint8Array, lengthBytes: number): void => {
    try {
      writeWhole(descriptor, buffer, lengthBytes);
      sizeBytes += lengthBytes;
    } catch (error) {
      // Beyond a limit on file sizes this file takes nothing more, while another one will.
      const isFileTooLarge = (error as NodeJS.ErrnoException).code === "EFBIG";
      intact = cutBack(descriptor, sizeBytes) && !isFileTooLarge;
      throw error;
    }
  };
  try {
    append(segmentMagic, segmentMagic.length);
  } catch (error) {
    closeQuietly(descriptor);
    unlinkSync(path);
    throw error;
  }
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    isUsable: () => intact && isLinked(descriptor),
    append,
    close: () => closeQuietly(descriptor),
  };
}

/** A deleted file takes writes without complaint, and what they hold is gone with the descriptor. */
function isLinked(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).nlink > 0;
  } catch {
    return false;
  }
}

/** Every append was acknowledged on its own, so a failing close has nothing left to tell. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    return;
  }
}

/** A short write is followed by another one, which brings either the rest or the reason. */
function writeWhole(descriptor: number, buffer: Uint8Array, lengthBytes: number): void {
  let writtenBytes = 0;
  while (writtenBytes < lengthBytes) {
    const nowBytes = writeSync(descriptor, buffer, writtenBytes, lengthBytes - writtenBytes);
    if (nowBytes === 0) throw new Error("nothing could be written");
    writtenBytes += nowBytes;
  }
}

function cutBack(descriptor: number, sizeBytes: number): boolean {
  try {
    ftruncateSync(descriptor, sizeBytes);
    return true;
  } catch {
    return false;
  }
}
