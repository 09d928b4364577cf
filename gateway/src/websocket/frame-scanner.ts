import { type FrameHead, isControl, MAX_CONTROL_BYTES, MAX_FRAME_HEAD_BYTES, opcode } from "./frame.ts";
import { closeCode, WebSocketError } from "./websocket-error.ts";

/** Gets the parts of frames as they are found. */
export interface FrameVisitor {
  /** A frame begins. */
  begin(frame: FrameHead): void;
  /** Bytes of its payload as they crossed the wire, mask still on. `offset` counts from the payload's beginning. */
  payload(bytes: Buffer, frame: FrameHead, offset: number): void;
  /** The frame is whole. */
  end(frame: FrameHead): void;
}

/** Lengths beyond this cannot be counted exactly. */
const MAX_PAYLOAD_BYTES = Number.MAX_SAFE_INTEGER;

/**
 * Finds the frames in the bytes of one side of a WebSocket, cut anywhere, and holds them to RFC 6455 §5: reserved bits,
 * opcodes, masks, shortest form of lengths, control frames, order of fragments. Keeps no payload.
 */
export class FrameScanner {
  readonly #isMasked: boolean;
  readonly #visitor: FrameVisitor;
  /** The beginning of a head whose rest is still to come. */
  #partial: Buffer | null = null;
  #partialBytes = 0;
  #frame: FrameHead | null = null;
  #offset = 0;
  #isInMessage = false;
  #isStopped = false;

  /** @param isMasked true for the frames of a client, which must be masked; those of a server must not be. */
  constructor(isMasked: boolean, visitor: FrameVisitor) {
    this.#isMasked = isMasked;
    this.#visitor = visitor;
  }

  /** True between two frames, where a frame of somebody else may be put in. */
  get isAtBorder(): boolean {
    return this.#frame === null && this.#partialBytes === 0;
  }

  /** True between two messages. */
  get isBetweenMessages(): boolean {
    return this.isAtBorder && !this.#isInMessage;
  }

  /** Takes no more: what is left of the piece that is being pushed is passed over, and everything after it. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Takes the next piece.
   * @throws WebSocketError `protocolError`; nothing of the frame at fault was told, and nothing may be pushed afterwards.
   */
  push(piece: Buffer): void {
    let position = 0;
    while (position < piece.length && !this.#isStopped) {
      position =
        this.#frame === null ? this.#pushHead(piece, position) : this.#pushPayload(piece, position, this.#frame);
    }
  }

  #pushHead(piece: Buffer, start: number): number {
    if (this.#partialBytes === 0) {
      const sizeBytes = headBytes(piece, start, piece.length);
      if (sizeBytes !== null) {
        this.#begin(piece.subarray(start, start + sizeBytes));
        return start + sizeBytes;
      }
    }
    // Byte by byte: at most thirteen of them, and only where a piece ends inside a head.
    const partial = (this.#partial ??= Buffer.allocUnsafeSlow(MAX_FRAME_HEAD_BYTES));
    let position = start;
    while (position < piece.length) {
      partial[this.#partialBytes] = piece[position] as number;
      this.#partialBytes += 1;
      position += 1;
      if (headBytes(partial, 0, this.#partialBytes) === null) continue;
      const bytes = Buffer.from(partial.subarray(0, this.#partialBytes));
      this.#partialBytes = 0;
      this.#begin(bytes);
      break;
    }
    return position;
  }

  #begin(bytes: Buffer): void {
    const frame = readHead(bytes);
    this.#check(frame, bytes);
    this.#visitor.begin(frame);
    if (frame.payloadBytes === 0) this.#end(frame);
    else {
      this.#frame = frame;
      this.#offset = 0;
    }
  }

  #pushPayload(piece: Buffer, start: number, frame: FrameHead): number {
    const end = Math.min(piece.length, start + frame.payloadBytes - this.#offset);
    this.#visitor.payload(piece.subarray(start, end), frame, this.#offset);
    this.#offset += end - start;
    if (this.#offset === frame.payloadBytes) {
      this.#frame = null;
      this.#end(frame);
    }
    return end;
  }

  #end(frame: FrameHead): void {
    if (!isControl(frame.opcode)) this.#isInMessage = !frame.isFinal;
    this.#visitor.end(frame);
  }

  #check(frame: FrameHead, bytes: Buffer): void {
    if (((bytes[0] as number) & 0x70) !== 0) throw fault("a reserved bit is set, and no extension was agreed on");
    if ((frame.mask !== null) !== this.#isMasked) {
      throw fault(this.#isMasked ? "frames of a client must be masked" : "frames of a server must not be masked");
    }
    if (isControl(frame.opcode)) {
      if (frame.opcode > opcode.pong) throw fault(`opcode ${frame.opcode} is not known`);
      if (!frame.isFinal) throw fault("a control frame must not be fragmented");
      if (frame.payloadBytes > MAX_CONTROL_BYTES) throw fault(`a control frame has at most ${MAX_CONTROL_BYTES} bytes`);
      if (frame.opcode === opcode.close && frame.payloadBytes === 1) throw fault("a close code has two bytes");
    } else if (frame.opcode > opcode.binary) throw fault(`opcode ${frame.opcode} is not known`);
    else if ((frame.opcode === opcode.continuation) !== this.#isInMessage) {
      throw fault(this.#isInMessage ? "a message begins inside another" : "a continuation without a beginning");
    }
    if (!isShortest(bytes, frame.payloadBytes)) throw fault("the payload's length is not in its shortest form");
    if (frame.payloadBytes > MAX_PAYLOAD_BYTES) throw fault("the payload's length is beyond counting");
  }
}

/** Size of the head at `start`; null while bytes of it are missing. */
function headBytes(bytes: Buffer, start: number, end: number): number | null {
  if (end - start < 2) return null;
  const second = bytes[start + 1] as number;
  const short = second & 0x7f;
  const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0);
  return end - start < size ? null : size;
}

function readHead(bytes: Buffer): FrameHead {
  const [first, second] = bytes as unknown as [number, number];
  const short = second & 0x7f;
  const isMasked = second >= 0x80;
  return {
    isFinal: first >= 0x80,
    opcode: first & 0x0f,
    mask: isMasked ? Buffer.from(bytes.subarray(-4)) : null,
    payloadBytes: short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : longLength(bytes),
    bytes,
  };
}

function longLength(bytes: Buffer): number {
  return bytes.readUInt32BE(2) * 0x1_0000_0000 + bytes.readUInt32BE(6);
}

function isShortest(bytes: Buffer, payloadBytes: number): boolean {
  const short = (bytes[1] as number) & 0x7f;
  if (short === 126) return payloadBytes > MAX_CONTROL_BYTES;
  return short !== 127 || payloadBytes > 0xffff;
}

function fault(message: string): WebSocketError {
  return new WebSocketError(closeCode.protocolError, message);
}
