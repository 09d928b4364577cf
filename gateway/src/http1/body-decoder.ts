import type { BodyFraming } from "./body-framing.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";

/** Takes the framing off one body, whatever its kind, for pieces cut anywhere. */
export class BodyDecoder {
  readonly #chunked: ChunkedDecoder | null;
  /** Bytes still to come of a `length` body; Infinity for `close` bodies. */
  #remainingBytes: number;

  /** @param framing as found by `requestFraming` or `responseFraming`. */
  constructor(framing: BodyFraming) {
    this.#chunked = framing.kind === "chunked" ? new ChunkedDecoder() : null;
    this.#remainingBytes =
      framing.kind === "length" ? framing.sizeBytes : framing.kind === "close" ? Number.POSITIVE_INFINITY : 0;
  }

  /** True once the last byte of the body was seen; a `close` body is never done before its connection ends. */
  get isDone(): boolean {
    return this.#chunked === null ? this.#remainingBytes === 0 : this.#chunked.isDone;
  }

  /**
   * Decodes one piece; `onData` gets views into `piece`.
   * @returns index of the first byte that belongs to the next message, `piece.length` while the body goes on.
   * @throws ProtocolError `malformed` for broken chunked coding.
   */
  decode(piece: Buffer, onData: (data: Buffer) => void): number {
    if (this.#chunked !== null) return this.#chunked.decode(piece, onData);
    if (piece.length <= this.#remainingBytes) {
      this.#remainingBytes -= piece.length;
      if (piece.length > 0) onData(piece);
      return piece.length;
    }
    const end = this.#remainingBytes;
    this.#remainingBytes = 0;
    if (end > 0) onData(piece.subarray(0, end));
    return end;
  }
}
