import { crc32 } from "node:zlib";

/** First bytes of every segment: `HGJRNL`, format version 1, line feed (`docs/reference/journal-format.md`). */
export const segmentMagic: Uint8Array = new Uint8Array([0x48, 0x47, 0x4a, 0x52, 0x4e, 0x4c, 0x01, 0x0a]);

/** Bytes of a frame before its payload: u32 length, u32 CRC-32, u8 kind. */
export const frameHeaderBytes = 9;

/** Largest payload a frame may announce, in bytes; a greater length is damage, not data. */
export const maxPayloadBytes = 16 * 1024 * 1024;

/** Kind of a frame whose payload is one exchange record as UTF-8 JSON. Readers skip kinds they do not know. */
export const exchangeFrameKind = 1;

/** Kind of a frame with the request body of the record that follows it. */
export const requestBodyFrameKind = 2;

/** Kind of a frame with the response body of the record that follows it. */
export const responseBodyFrameKind = 3;

/** Kind of a frame with one event of the gateway as UTF-8 JSON. */
export const eventFrameKind = 4;

/** Place of the kind byte in a frame; the checksum covers everything from here. */
const kindOffset = 8;

/** What a frame's header announces; `frame` starts at the header and holds at least `frameHeaderBytes`. */
export function readFrameHeader(frame: Buffer): { payloadBytes: number; checksum: number; kind: number } {
  return {
    payloadBytes: frame.readUInt32LE(0),
    checksum: frame.readUInt32LE(4),
    kind: frame.readUInt8(kindOffset),
  };
}

/** CRC-32 (IEEE 802.3) of kind byte and payload; `frame` is exactly one whole frame. */
export function frameChecksum(frame: Buffer): number {
  return crc32(frame.subarray(kindOffset));
}

/** A frame that begins at `offset` of `buffer`; its payload lies behind the header and, when it is long, goes on in `pieces`. */
export interface FramePlace {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly kind: number;
  /** End in `buffer` of the payload, or of its first part. */
  readonly end: number;
  readonly pieces: readonly Buffer[];
}

/** Fills in the header of a frame whose payload is in place. */
export function sealFrame({ buffer, offset, kind, end, pieces }: FramePlace): void {
  buffer[offset + kindOffset] = kind;
  let checksum = crc32(buffer.subarray(offset + kindOffset, end));
  let payloadBytes = end - offset - frameHeaderBytes;
  for (const piece of pieces) {
    checksum = crc32(piece, checksum);
    payloadBytes += piece.length;
  }
  buffer.writeUInt32LE(payloadBytes, offset);
  buffer.writeUInt32LE(checksum, offset + 4);
}
