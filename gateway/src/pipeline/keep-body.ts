import type { BodySnapshot } from "../core/exchange.ts";

const FIRST_CAPACITY_BYTES = 4096;

/**
 * Keeps the beginning of a body that passes, for the log: up to `limitBytes`, copied together so that a stream of many
 * small pieces costs one block of memory instead of many.
 */
export class BodyKeeper {
  readonly #limitBytes: number;
  /** The only piece so far, by reference. */
  #first: Buffer | null = null;
  #block: Buffer | null = null;
  #sizeBytes = 0;
  #isComplete = true;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Takes the next piece in. */
  add(piece: Buffer): void {
    const room = this.#limitBytes - this.#sizeBytes;
    if (piece.length > room) this.#isComplete = false;
    if (room <= 0 || piece.length === 0) return;
    const taken = piece.length > room ? piece.subarray(0, room) : piece;
    if (this.#sizeBytes === 0) this.#first = taken;
    else this.#append(taken);
    this.#sizeBytes += taken.length;
  }

  /** What was kept; null when there was nothing. @param contentEncoding of the bytes, null for none. */
  snapshot(contentEncoding: string | null): BodySnapshot | null {
    if (this.#sizeBytes === 0) return null;
    const bytes = this.#block === null ? (this.#first as Buffer) : this.#block.subarray(0, this.#sizeBytes);
    return { pieces: [bytes], isComplete: this.#isComplete, contentEncoding };
  }

  #append(piece: Buffer): void {
    const neededBytes = this.#sizeBytes + piece.length;
    if (this.#block === null || this.#block.length < neededBytes) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY_BYTES, Math.min(neededBytes * 2, this.#limitBytes)));
      (this.#block ?? this.#first)?.copy(grown, 0, 0, this.#sizeBytes);
      this.#block = grown;
      this.#first = null;
    }
    piece.copy(this.#block, this.#sizeBytes);
  }
}
