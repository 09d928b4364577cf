import { randomBytes } from "node:crypto";
import { applyMask } from "./frame.ts";

/** A frame to write. */
export interface FrameToWrite {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Whether a client writes it: its payload is then masked with a key of its own (RFC 6455 §5.3). */
  readonly isMasked: boolean;
  /** False for a fragment that others follow; true by default. */
  readonly isFinal?: boolean;
}

/** One whole frame, in one piece. */
export function writeFrame({ opcode, payload, isMasked, isFinal = true }: FrameToWrite): Buffer {
  const lengthBytes = payload.length < 126 ? 0 : payload.length <= 0xffff ? 2 : 8;
  const maskBytes = isMasked ? 4 : 0;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + maskBytes + payload.length);
  frame[0] = (isFinal ? 0x80 : 0) | opcode;
  const short = lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127;
  frame[1] = (isMasked ? 0x80 : 0) | short;
  if (lengthBytes === 2) frame.writeUInt16BE(payload.length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(payload.length), 2);
  const start = 2 + lengthBytes + maskBytes;
  payload.copy(frame, start);
  if (isMasked) {
    const mask = randomBytes(4);
    mask.copy(frame, start - 4);
    applyMask(frame.subarray(start), mask);
  }
  return frame;
}
