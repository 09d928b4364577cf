import type {
  AnswerEnd,
  AnswerHead,
  AnswerPiece,
  AnswerTail,
  AnswerWriter,
  StoredAnswer,
} from "../ports/cache-store.ts";

/**
 * The form of an entry: a mark, then frames. A frame is a header of 16 bytes (kind, size, milliseconds after the first piece,
 * CRC-32 of the payload; 32-bit little-endian numbers) and its payload. The first frame is the head (JSON), then come the pieces of
 * the body, and the tail (JSON) ends it: a file without tail is one that is being written, or was when its process died. An end (JSON)
 * in place of the tail tells those who read along why there is none.
 */
const MARK = Buffer.from("HGCACHE1");
const FRAME_BYTES = 16;
const frameKinds = { head: 1, piece: 2, tail: 3, end: 4 } as const;

type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** Bytes that begin an entry's file. */
export function headFrames(head: AnswerHead): Buffer[] {
  return [MARK, ...frame(frameKinds.head, 0, Buffer.from(JSON.stringify(head)))];
}

/** Bytes of one piece of the answer, with when it came. */
export function pieceFrames({ bytes, atMs }: AnswerPiece): Buffer[] {
  return frame(frameKinds.piece, atMs, bytes);
}

/** Bytes of what is known of an answer once it is whole. */
export function tailFrames(tail: AnswerTail): Buffer[] {
  return frame(frameKinds.tail, 0, Buffer.from(JSON.stringify(tail)));
}

/** Bytes that say how the answer ended for those who wait for it. */
export function endFrames(end: AnswerEnd): Buffer[] {
  return frame(frameKinds.end, 0, Buffer.from(JSON.stringify(end)));
}

/**
 * Tells `sink` the frames in `bytes`, which is a file from its beginning on, or what follows frames that were told.
 * @returns the bytes that were told; null when they are damaged.
 */
export function tellFrames(bytes: Buffer, isBeginning: boolean, sink: AnswerWriter): number | null {
  let at = 0;
  if (isBeginning) {
    if (bytes.length < MARK.length) return 0;
    if (bytes.compare(MARK, 0, MARK.length, 0, MARK.length) !== 0) return null;
    at = MARK.length;
  }
  while (at + FRAME_BYTES <= bytes.length) {
    if (bytes.readUInt32LE(at + 4) > bytes.length - at - FRAME_BYTES) break;
    const found = frameAt(bytes, at);
    if (found === null || !tellFrame(found, sink)) return null;
    at += FRAME_BYTES + found.payload.length;
  }
  return at;
}

function tellFrame({ kind, atMs, payload }: Frame, sink: AnswerWriter): boolean {
  if (kind === frameKinds.piece) {
    sink.add({ bytes: payload, atMs });
    return true;
  }
  const value = parseJson<unknown>(payload);
  if (value === null) return false;
  if (kind === frameKinds.head) sink.begin(value as AnswerHead);
  else if (kind === frameKinds.tail) sink.commit(value as AnswerTail);
  else sink.discard(value as AnswerEnd);
  return true;
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

interface Frame {
  readonly kind: number;
  readonly atMs: number;
  readonly payload: Buffer;
}

function frameAt(file: Buffer, at: number): Frame | null {
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
