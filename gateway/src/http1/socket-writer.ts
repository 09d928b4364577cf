import type { Socket } from "bun";

/** The part of a socket that writing needs; Bun's sockets have it. */
export type WritableSocket = Pick<Socket<unknown>, "write">;

/** Pieces that together stay below this size leave in one system call. */
export const SCRATCH_BYTES = 64 * 1024;
/** A piece of this size or more is written as it is: copying it would cost more than a system call. */
const LARGE_BYTES = 16 * 1024;

/**
 * Gathers pieces and writes them with as few system calls as possible; keeps what the kernel did not take.
 * Memory is bounded by whoever feeds it: when `flush` answers false, stop feeding until the owner's drain event.
 */
export class SocketWriter {
  readonly #socket: WritableSocket;
  readonly #scratch: Buffer;
  /** Buffers, and texts with one byte per character. */
  #pieces: (Buffer | string)[] = [];
  #gatheredBytes = 0;
  #isBlocked = false;

  /**
   * @param socket to write to; the owner passes its drain events to `drained`.
   * @param scratch of `SCRATCH_BYTES`, in which pieces are put together. All writers of a process may share one, because
   * nothing stays in it after a write.
   */
  constructor(socket: WritableSocket, scratch: Buffer) {
    this.#socket = socket;
    this.#scratch = scratch;
  }

  /** Bytes gathered or refused by the kernel so far. */
  get pendingBytes(): number {
    return this.#gatheredBytes;
  }

  /** Adds bytes, or a text of one byte per character, to what the next `flush` sends. */
  gather(piece: Buffer | string): void {
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
    let next = 0;
    while (next < this.#pieces.length && !this.#isBlocked) {
      const piece = this.#pieces[next] as Buffer | string;
      const isAlone = typeof piece !== "string" && (piece.length >= LARGE_BYTES || this.#pieces.length === 1);
      if (isAlone) {
        next += 1;
        this.#send(piece, piece.length, next);
      } else {
        const filled = this.#fill(next);
        next = filled.next;
        this.#send(this.#scratch, filled.sizeBytes, next);
      }
      if (this.#isBlocked) next = 0;
    }
    if (!this.#isBlocked && this.#pieces.length > 0) this.#pieces = [];
    return this.#pieces.length === 0;
  }

  /** Puts pieces into the scratch, from `start` on, as many as fit. */
  #fill(start: number): { next: number; sizeBytes: number } {
    let sizeBytes = 0;
    let next = start;
    while (next < this.#pieces.length) {
      const piece = this.#pieces[next] as Buffer | string;
      if (sizeBytes + piece.length > SCRATCH_BYTES || (sizeBytes > 0 && piece.length >= LARGE_BYTES)) break;
      if (typeof piece === "string") this.#scratch.write(piece, sizeBytes, "latin1");
      else piece.copy(this.#scratch, sizeBytes);
      sizeBytes += piece.length;
      next += 1;
    }
    if (next > start) return { next, sizeBytes };
    // A text longer than the scratch: rare enough to be copied.
    this.#pieces[start] = Buffer.from(this.#pieces[start] as string, "latin1");
    return { next: start, sizeBytes: 0 };
  }

  /** Writes the beginning of `bytes`; what the kernel refuses is kept in front of the pieces from `next` on. */
  #send(bytes: Buffer, sizeBytes: number, next: number): void {
    if (sizeBytes === 0) return;
    const written = sizeBytes === bytes.length ? this.#socket.write(bytes) : this.#socket.write(bytes, 0, sizeBytes);
    // A closed socket answers -1: its close event ends the exchange, the bytes have nowhere to go.
    const taken = written < 0 ? sizeBytes : written;
    this.#gatheredBytes -= taken;
    if (taken === sizeBytes) return;
    const rest = bytes.subarray(taken, sizeBytes);
    this.#pieces = [bytes === this.#scratch ? Buffer.from(rest) : rest, ...this.#pieces.slice(next)];
    this.#isBlocked = true;
  }
}
