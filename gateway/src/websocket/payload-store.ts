const EMPTY = Buffer.alloc(0);

/** Puts the pieces of one payload together; a payload of one piece is not copied, and many small pieces cost no more than their bytes. */
export class PayloadStore {
  #bytes: Buffer = EMPTY;
  #sizeBytes = 0;
  /** False while `#bytes` is a piece of somebody else. */
  #isOwn = false;

  /** Bytes so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes the next piece in, by reference when it is the first. */
  add(piece: Buffer): void {
    if (this.#sizeBytes === 0) {
      this.#bytes = piece;
      this.#isOwn = false;
    } else {
      const neededBytes = this.#sizeBytes + piece.length;
      if (!this.#isOwn || this.#bytes.length < neededBytes) {
        const grown = Buffer.allocUnsafeSlow(neededBytes * 2);
        this.#bytes.copy(grown, 0, 0, this.#sizeBytes);
        this.#bytes = grown;
        this.#isOwn = true;
      }
      piece.copy(this.#bytes, this.#sizeBytes);
    }
    this.#sizeBytes += piece.length;
  }

  /** The payload; the store is empty afterwards. */
  take(): Buffer {
    const payload = this.#bytes.subarray(0, this.#sizeBytes);
    this.#bytes = EMPTY;
    this.#sizeBytes = 0;
    return payload;
  }
}
