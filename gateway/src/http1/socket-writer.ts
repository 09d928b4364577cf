import type { Socket } from "bun";

/** The part of a socket that writing needs; Bun's sockets have it. */
export type WritableSocket = Pick<Socket<unknown>, "write">;

/** Pieces below this size are copied together so that one system call sends them. */
const GATHER_LIMIT_BYTES = 64 * 1024;

/**
 * Gathers pieces and writes them with as few system calls as possible; keeps what the kernel did not take.
 * Memory is bounded by whoever feeds it: when `flush` answers false, stop feeding until the owner's drain event.
 */
export class SocketWriter {
  readonly #socket: WritableSocket;
  #pieces: Buffer[] = [];
  #gatheredBytes = 0;
  #isBlocked = false;

  /** @param socket to write to; the owner passes its drain events to `flush`. */
  constructor(socket: WritableSocket) {
    this.#socket = socket;
  }

  /** Bytes gathered or refused by the kernel so far. */
  get pendingBytes(): number {
    return this.#gatheredBytes;
  }

  /** Adds a piece to what the next `flush` sends. */
  gather(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#gatheredBytes += piece.length;
  }

  /** The kernel has room again. */
  drained(): boolean {
    this.#isBlocked = false;
    return this.flush();
  }

  /** Sends what was gathered. @returns true when nothing is left over, false when the kernel is full. */
  flush(): boolean {
    while (this.#pieces.length > 0 && !this.#isBlocked) {
      const block = this.#nextBlock();
      const written = this.#socket.write(block);
      // A closed socket answers -1: its close event ends the exchange, the bytes have nowhere to go.
      const taken = written < 0 ? block.length : written;
      this.#gatheredBytes -= taken;
      if (taken < block.length) {
        this.#pieces.unshift(block.subarray(taken));
        this.#isBlocked = true;
      }
    }
    return this.#pieces.length === 0;
  }

  #nextBlock(): Buffer {
    if (this.#pieces.length === 1 || this.#gatheredBytes > GATHER_LIMIT_BYTES) return this.#pieces.shift() as Buffer;
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return block;
  }
}
