/** Opcodes of frames (RFC 6455 §11.8). */
export const opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** Most bytes a control frame may carry (RFC 6455 §5.5). */
export const MAX_CONTROL_BYTES = 125;
/** Longest head: two bytes, eight of length, four of mask. */
export const MAX_FRAME_HEAD_BYTES = 14;

/** Head of one frame (RFC 6455 §5.2). */
export interface FrameHead {
  readonly isFinal: boolean;
  readonly opcode: number;
  /** Four bytes; null for a frame that is not masked, which are those of servers. */
  readonly mask: Buffer | null;
  readonly payloadBytes: number;
  /** The head as it crossed the wire. */
  readonly bytes: Buffer;
}

/** Whether a frame of this opcode is a control frame: close, ping, pong. */
export function isControl(code: number): boolean {
  return (code & 0x8) !== 0;
}

/**
 * Applies a mask to `payload` in place, which masks and unmasks alike (RFC 6455 §5.3).
 * @param offset of the first byte inside its frame's payload.
 */
export function applyMask(payload: Buffer, mask: Buffer, offset = 0): void {
  const [first, second, third, fourth] = rotated(mask, offset);
  const whole = payload.length - (payload.length % 4);
  let index = 0;
  for (; index < whole; index += 4) {
    payload[index] = (payload[index] as number) ^ first;
    payload[index + 1] = (payload[index + 1] as number) ^ second;
    payload[index + 2] = (payload[index + 2] as number) ^ third;
    payload[index + 3] = (payload[index + 3] as number) ^ fourth;
  }
  const key = [first, second, third];
  for (; index < payload.length; index += 1)
    payload[index] = (payload[index] as number) ^ (key[index - whole] as number);
}

/** The payload without its mask: a copy where there is one, the bytes themselves where there is none. */
export function unmasked(payload: Buffer, { mask }: FrameHead, offset = 0): Buffer {
  if (mask === null) return payload;
  const plain = Buffer.from(payload);
  applyMask(plain, mask, offset);
  return plain;
}

function rotated(mask: Buffer, offset: number): [number, number, number, number] {
  const at = (index: number): number => mask[(offset + index) % 4] as number;
  return [at(0), at(1), at(2), at(3)];
}
