import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync, writevSync } from "node:fs";
import { segmentMagic } from "./segment-format.ts";

/** A segment open for appending. */
export interface SegmentFile {
  /** Bytes up to the end of the last whole frame. */
  readonly sizeBytes: number;
  /** False once the file was deleted or could not be cut back after a failed write; then it must not be used further. */
  isUsable(): boolean;
  /** Appends whole frames, in one write unless space is short, or throws and leaves the file ending in a whole frame. */
  append(buffers: readonly Uint8Array[]): void;
  close(): void;
}

/** Creates `path`, which must not exist (else it throws `EEXIST`), readable by its owner alone, and writes the magic. */
export function createSegmentFile(path: string): SegmentFile {
  const descriptor = openSync(path, "ax", 0o600);
  let sizeBytes = 0;
  let intact = true;
  const append = (buffers: readonly Uint8Array[]): void => {
    try {
      sizeBytes += writeWhole(descriptor, buffers);
    } catch (error) {
      // Beyond a limit on file sizes this file takes nothing more, while another one will.
      const isFileTooLarge = (error as NodeJS.ErrnoException).code === "EFBIG";
      intact = cutBack(descriptor, sizeBytes) && !isFileTooLarge;
      throw error;
    }
  };
  try {
    append([segmentMagic]);
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

/** A short write is followed by another one, which brings either the rest or the reason. Tells how many bytes went. */
function writeWhole(descriptor: number, buffers: readonly Uint8Array[]): number {
  let rest = buffers;
  let totalBytes = 0;
  while (rest.length > 0) {
    const [only] = rest;
    const writtenBytes = rest.length === 1 ? writeSync(descriptor, only as Uint8Array) : writevSync(descriptor, rest);
    if (writtenBytes === 0) throw new Error("nothing could be written");
    totalBytes += writtenBytes;
    rest = withoutFirst(rest, writtenBytes);
  }
  return totalBytes;
}

function withoutFirst(buffers: readonly Uint8Array[], sizeBytes: number): readonly Uint8Array[] {
  let remainingBytes = sizeBytes;
  for (const [index, buffer] of buffers.entries()) {
    if (remainingBytes < buffer.length) return [buffer.subarray(remainingBytes), ...buffers.slice(index + 1)];
    remainingBytes -= buffer.length;
  }
  return [];
}

function cutBack(descriptor: number, sizeBytes: number): boolean {
  try {
    ftruncateSync(descriptor, sizeBytes);
    return true;
  } catch {
    return false;
  }
}
