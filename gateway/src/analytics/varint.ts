/** Appends `value`, a whole number from 0 to 2^53 - 1, to `bytes`: seven bits a byte, lowest first, the top bit set on all but the last. */
export function appendVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Reads what `appendVarint` wrote, one number after the other. */
export class VarintReader {
  private readonly bytes: Uint8Array;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  /** The next number; a number cut off by the end reads as what is there of it. */
  next(): number {
    let value = 0;
    let scale = 1;
    while (this.offset < this.bytes.length) {
      const byte = this.bytes[this.offset++] as number;
      if (byte < 0x80) return value + byte * scale;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
    return value;
  }
}
