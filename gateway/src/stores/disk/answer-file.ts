import type { AnswerHead, AnswerPiece, AnswerTail, StoredAnswer } from "../ports/cache-store.ts";

/**
 * The form of an entry: a mark, then frames. A frame is a header of 16 bytes (kind, size, milliseconds after the first piece,
 * CRC-32 of the payload; 32-bit little-endian numbers) and its payload. The first frame is the head (JSON), then come the pieces of
 * the body, and the tail (JSON) ends it: a file without tail is one that is being written, or was when its process died.
 */
const MARK = Buffer.from("HGCACHE1");
const FRAME_BYTES = 16;
const frameKinds = { head: 1, piece: 2, tail: 3 } as const;

type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** Bytes that begin an entry's file. */
export function headFrames(head: AnswerHead): Buffer[] {
  return [MARK, ...frame(frameKinds.head, 0, Buffer.from(JSON.stringify(head)))];
}

export function pieceFrames({ bytes, atMs }: AnswerPiece): Buffer[] {
  return frame(frameKinds.piece, atMs, bytes);
}

export function tailFrames(tail: AnswerTail): Buffer[] {
  return frame(frameKinds.tail, 0, Buffer.from(JSON.stringify(tail)));
}

/** The answer that a file holds; null when the file is cut, damaged or of another form. The pieces are parts of `file`. */
export function parseAnswerFile(file: Buffer): StoredAnswer | null {
  if (file.length < MARK.length || file.compare(MARK, 0, MARK.length, 0, MARK.length) !== 0) return null;
  const pieces: AnswerPiece[] = [];
  let head: AnswerHead | null = null;
  let sizeBytes = 0;
  for (let at = MARK.length; at + FRAME_BYTES <= file.length;) {
    const found = frameAt(file, at);
    if (found === null) return null;
    const { kind, atMs, payload } = found;
    at += FRAME_BYTES + payload.length;
    if (head === null) {
      if (kind !== frameKinds.head) return null;
      head = parseJson<AnswerHead>(payload);
      if (head === null) return null;
    } else if (kind === frameKinds.piece) {
      pieces.push({ bytes: payload, atMs });
      sizeBytes += payload.length;
    } else {
      const tail = kind === frameKinds.tail && at === file.length ? parseJson<AnswerTail>(payload) : null;
      return tail === null ? null : { head, tail, pieces, sizeBytes };
    }
  }
  return null;
}

function frameAt(file: Buffer, at: number): { kind: number; atMs: number; payload: Buffer } | null {
  const sizeBytes = file.readUInt32LE(at + 4);
  const start = at + FRAME_BYTES;
  if (sizeBytes > file.length - start) return null;
  const payload = file.subarray(start, start + sizeBytes);
  if (Bun.hash.crc32(payload) !== file.readUInt32LE(at + 12)) return null;
  return { kind: file.readUInt32LE(at), atMs: file.readUInt32LE(at + 8), payload };
}

function frame(kind: FrameKind, atMs: number, payload: Buffer): Buffer[] {
  const header = Buffer.allocUnsafe(FRAME_BYTES);
  header.writeUInt32LE(kind, 0);
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(Math.min(Math.max(0, Math.round(atMs)), 0xffff_ffff), 8);
  header.writeUInt32LE(Bun.hash.crc32(payload), 12);
  return [header, payload];
}

function parseJson<Value>(payload: Buffer): Value | null {
  try {
    return JSON.parse(payload.toString("utf8")) as Value;
  } catch {
    return null;
  }
}
