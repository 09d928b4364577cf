import { ProtocolError } from "./protocol-error.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const FIRST_CAPACITY_BYTES = 4096;

/**
 * Collects the pieces of a message head until its empty line, within a bound, without copying when the head came whole.
 */
export class HeadBuffer {
  readonly #limitBytes: number;
  #store: Buffer | null = null;
  #sizeBytes = 0;

  /** @param limitBytes largest head accepted, empty line included. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** True when part of a head is waiting for the rest. */
  get isPartial(): boolean {
    return this.#sizeBytes > 0;
  }

  /**
   * Takes a piece.
   * @returns the head as latin-1 without its empty line and the bytes after it, or null while it is incomplete.
   * @throws ProtocolError `head_too_large`.
   */
  push(piece: Buffer): { readonly text: string; readonly rest: Buffer } | null {
    const bytes = this.#sizeBytes === 0 ? piece : this.#append(piece);
    const searchFrom = Math.max(0, bytes.length - piece.length - END_OF_HEAD.length + 1);
    const end = bytes.indexOf(END_OF_HEAD, searchFrom);
    const headBytes = end < 0 ? bytes.length : end + END_OF_HEAD.length;
    if (headBytes > this.#limitBytes) {
      throw new ProtocolError("head_too_large", `the header block is over ${this.#limitBytes} bytes`);
    }
    if (end < 0) {
      if (this.#sizeBytes === 0) this.#append(piece);
      return null;
    }
    this.#sizeBytes = 0;
    this.#store = null;
    return { text: bytes.toString("latin1", 0, end), rest: bytes.subarray(end + END_OF_HEAD.length) };
  }

  #append(piece: Buffer): Buffer {
    const neededBytes = this.#sizeBytes + piece.length;
    if (this.#store === null || this.#store.length < neededBytes) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY_BYTES, neededBytes * 2));
      this.#store?.copy(grown, 0, 0, this.#sizeBytes);
      this.#store = grown;
    }
    piece.copy(this.#store, this.#sizeBytes);
    this.#sizeBytes = neededBytes;
    return this.#store.subarray(0, neededBytes);
  }
}
