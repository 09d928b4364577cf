import { isFieldValue } from "./parse-fields.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Longest chunk-size line, extensions included. */
const MAX_LINE_BYTES = 1024;
/** Bound on the trailer section. */
const MAX_TRAILER_BYTES = 16 * 1024;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** Digits of the sizes that are read without making a text of them. */
const MAX_PLAIN_DIGITS = 7;

type State = "size" | "data" | "data-end" | "trailer" | "done";

/**
 * Takes chunked transfer coding off a body (RFC 9112 §7.1), for pieces cut anywhere.
 * Chunk extensions and trailer fields are read and dropped.
 */
export class ChunkedDecoder {
  #state: State = "size";
  #remainingBytes = 0;
  #line = "";
  #trailerBytes = 0;

  /** True once the final chunk and its trailer section were read. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /**
   * Decodes one piece; `onData` gets views into `piece` (no copies), in order.
   * @returns index of the first byte after the body when it ended in this piece, else `piece.length`.
   * @throws ProtocolError `malformed` for bad sizes, missing CRLF, over-long lines.
   */
  decode(piece: Buffer, onData: (data: Buffer) => void): number {
    let position = 0;
    while (position < piece.length && this.#state !== "done") {
      if (this.#state === "data") {
        const end = Math.min(piece.length, position + this.#remainingBytes);
        onData(piece.subarray(position, end));
        this.#remainingBytes -= end - position;
        position = end;
        if (this.#remainingBytes === 0) this.#state = "data-end";
      } else {
        position = this.#readLine(piece, position);
      }
    }
    return position;
  }

  /** Reads the size line that most chunks have: a few digits and CRLF, all in one piece. @returns its end, or -1 for any other. */
  #readPlainSize(piece: Buffer, start: number): number {
    let size = 0;
    let index = start;
    for (; index < piece.length && index - start < MAX_PLAIN_DIGITS; index += 1) {
      const digit = hexadecimalDigit(piece[index] as number);
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    if (index === start || piece[index] !== 13 || piece[index + 1] !== 10) return -1;
    this.#remainingBytes = size;
    this.#state = size === 0 ? "trailer" : "data";
    return index + 2;
  }

  #readLine(piece: Buffer, start: number): number {
    if (this.#line === "") {
      if (this.#state === "data-end" && piece[start] === 13 && piece[start + 1] === 10) {
        this.#state = "size";
        return start + 2;
      }
      const end = this.#state === "size" ? this.#readPlainSize(piece, start) : -1;
      if (end > 0) return end;
    }
    const newline = piece.indexOf(10, start);
    const end = newline < 0 ? piece.length : newline + 1;
    if (this.#line.length + end - start > MAX_LINE_BYTES + 2) {
      throw new ProtocolError("malformed", "a chunk line is too long");
    }
    this.#line += piece.toString("latin1", start, end);
    if (newline >= 0) {
      const line = this.#line;
      this.#line = "";
      if (!line.endsWith("\r\n")) throw new ProtocolError("malformed", "a chunk line does not end with CRLF");
      this.#takeLine(line.slice(0, -2));
    }
    return end;
  }

  #takeLine(line: string): void {
    if (this.#state === "data-end") {
      if (line !== "") throw new ProtocolError("malformed", "a chunk is longer than its size says");
      this.#state = "size";
      return;
    }
    if (this.#state === "trailer") {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MAX_TRAILER_BYTES) throw new ProtocolError("malformed", "the trailer is too large");
      if (!isFieldValue(line)) throw new ProtocolError("malformed", "the trailer holds a control character");
      if (line === "") this.#state = "done";
      return;
    }
    const match = CHUNK_LINE.exec(line);
    if (match === null) throw new ProtocolError("malformed", "a chunk size is not hexadecimal");
    this.#remainingBytes = Number.parseInt(match[1] as string, 16);
    this.#state = this.#remainingBytes === 0 ? "trailer" : "data";
  }
}

function hexadecimalDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
