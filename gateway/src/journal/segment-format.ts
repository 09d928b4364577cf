import { crc32 } from "node:zlib";

/** First bytes of every segment: `HGJRNL`, format version 1, line feed (`docs/reference/journal-format.md`). */
export const segmentMagic: Uint8Array = new Uint8Array([0x48, 0x47, 0x4a, 0x52, 0x4e, 0x4c, 0x01, 0x0a]);

/** Bytes of a frame before its payload: u32 length, u32 CRC-32, u8 kind. */
export const frameHeaderBytes = 9;

/** Largest payload a frame may announce, in bytes; a greater length is damage, not data. */
export const maxPayloadBytes = 16 * 1024 * 1024;

/** Kind of a frame whose payload is one exchange record as UTF-8 JSON. Other kinds are reserved; readers skip them. */
export const exchangeFrameKind = 1;

/** Place of the kind byte in a frame; the checksum covers everything from here. */
const kindOffset = 8;

/** One frame inside a buffer that the next call to the same encoder writes over. */
export interface EncodedFrame {
  readonly buffer: Buffer;
  readonly lengthBytes: number;
}

/**
 * An encoder that keeps one buffer and grows it when a record needs more, so that a record costs no allocation.
 * The returned function gives null when `text` is larger than `maxPayloadBytes`.
 */
export function createFrameEncoder(): (kind: number, text: string) => EncodedFrame | null {
  let buffer = Buffer.allocUnsafe(8192);
  return (kind, text) => {
    if (text.length > maxPayloadBytes) return null;
    const worstCaseBytes = frameHeaderBytes + text.length * 3;
    if (buffer.length < worstCaseBytes) buffer = Buffer.allocUnsafe(worstCaseBytes);
    const payloadBytes = buffer.write(text, frameHeaderBytes, "utf8");
    if (payloadBytes > maxPayloadBytes) return null;
    const lengthBytes = frameHeaderBytes + payloadBytes;
    buffer[kindOffset] = kind;
    buffer.writeUInt32LE(payloadBytes, 0);
    buffer.writeUInt32LE(crc32(buffer.subarray(kindOffset, lengthBytes)), 4);
    return { buffer, lengthBytes };
  };
}

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
