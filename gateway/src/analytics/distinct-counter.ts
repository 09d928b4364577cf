const INDEX_BITS = 12;
const REGISTERS = 1 << INDEX_BITS;
const RANK_BITS = 6;
/** Hash bits behind the register's index. */
const REST_BITS = 64 - INDEX_BITS;
const REST_MASK = (1n << BigInt(REST_BITS)) - 1n;
const ENTRY_BYTES = 3;
/** First byte of an encoding that begins with all registers; no entry begins so, since entries have 18 bits. */
const DENSE_MARK = 0xff;
/** With more entries than this the registers themselves are shorter. */
const MOST_ENTRIES = Math.floor(REGISTERS / ENTRY_BYTES);
/** Entries gathered before registers are set up. */
const FEW_ENTRIES = 64;

/** Standard error of a count, as a share of it: 1.04 / √4096. */
export const DISTINCT_STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** What a value leaves in a counter: which register, and how many zero bits lead the rest of its hash (XXH3, 64 bits). */
export function distinctEntry(value: string): number {
  const hash = Bun.hash.xxHash3(value);
  return (Number(hash >> BigInt(REST_BITS)) << RANK_BITS) | rankOf(Number(hash & REST_MASK));
}

/** 1-based position of the highest set bit among `REST_BITS`, 53 for none. */
function rankOf(rest: number): number {
  const high = Math.floor(rest / 2 ** 32);
  if (high > 0) return Math.clz32(high) - (64 - REST_BITS) + 1;
  return REST_BITS - 32 + Math.clz32(rest % 2 ** 32) + 1;
}

/**
 * Entries as bytes, three each. May be set behind any encoding of a counter, which then counts them too, so a store can add
 * to a counter without reading it.
 */
export function encodeDistinctEntries(entries: Iterable<number>): Uint8Array {
  const list = Array.isArray(entries) ? (entries as readonly number[]) : [...entries];
  const bytes = new Uint8Array(list.length * ENTRY_BYTES);
  let offset = 0;
  for (const entry of list) {
    bytes[offset++] = entry >> 16;
    bytes[offset++] = (entry >> 8) & 0xff;
    bytes[offset++] = entry & 0xff;
  }
  return bytes;
}

/**
 * Counts different values in at most 4 KiB (HyperLogLog with 4,096 registers; estimator of Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches", 2017, algorithm 6). Counters merge without loss.
 */
export class DistinctCounter {
  /** What came so far while it is little, repeats included; null once registers are kept. */
  private entries: number[] | null = [];
  private registers = new Uint8Array(0);

  /** Counts a value. */
  add(value: string): void {
    this.addEntry(distinctEntry(value));
  }

  /** Counts what `distinctEntry` made of a value. */
  addEntry(entry: number): void {
    if (this.entries === null) {
      this.raise(entry);
      return;
    }
    this.entries.push(entry);
    if (this.entries.length > FEW_ENTRIES) this.keepRegisters();
  }

  /** Adds everything that an encoded counter holds. */
  merge(encoded: Uint8Array): void {
    let offset = 0;
    if (encoded[0] === DENSE_MARK) {
      this.keepRegisters();
      for (let index = 0; index < REGISTERS; index++) {
        const rank = encoded[index + 1] as number;
        if (rank > (this.registers[index] as number)) this.registers[index] = rank;
      }
      offset = 1 + REGISTERS;
    }
    for (; offset + ENTRY_BYTES <= encoded.length; offset += ENTRY_BYTES) {
      const [high, middle, low] = [encoded[offset], encoded[offset + 1], encoded[offset + 2]] as [
        number,
        number,
        number,
      ];
      this.addEntry((high << 16) | (middle << 8) | low);
    }
  }

  /** How many different values, rounded; exact to a few for small numbers. */
  estimate(): number {
    const histogram = new Float64Array(REST_BITS + 2);
    for (const rank of this.ranks()) histogram[rank] = (histogram[rank] as number) + 1;
    let sum = REGISTERS * tau(1 - (histogram[REST_BITS + 1] as number) / REGISTERS);
    for (let rank = REST_BITS; rank >= 1; rank--) sum = (sum + (histogram[rank] as number)) / 2;
    sum += REGISTERS * sigma((histogram[0] as number) / REGISTERS);
    return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * sum));
  }

  /** The counter in its shortest bytes; empty when nothing was counted. */
  encode(): Uint8Array {
    if (this.entries !== null) return encodeDistinctEntries(new Set(this.entries));
    const entries: number[] = [];
    for (let index = 0; index < REGISTERS && entries.length <= MOST_ENTRIES; index++) {
      const rank = this.registers[index] as number;
      if (rank > 0) entries.push((index << RANK_BITS) | rank);
    }
    if (entries.length <= MOST_ENTRIES) return encodeDistinctEntries(entries);
    const encoded = new Uint8Array(1 + REGISTERS);
    encoded[0] = DENSE_MARK;
    encoded.set(this.registers, 1);
    return encoded;
  }

  private ranks(): Uint8Array {
    if (this.entries === null) return this.registers;
    return registersOf(this.entries);
  }

  private keepRegisters(): void {
    if (this.entries === null) return;
    this.registers = registersOf(this.entries);
    this.entries = null;
  }

  private raise(entry: number): void {
    const index = entry >> RANK_BITS;
    const rank = entry & ((1 << RANK_BITS) - 1);
    if (rank > (this.registers[index] as number)) this.registers[index] = rank;
  }
}

function registersOf(entries: Iterable<number>): Uint8Array<ArrayBuffer> {
  const registers = new Uint8Array(REGISTERS);
  for (const entry of entries) {
    const index = entry >> RANK_BITS;
    const rank = entry & ((1 << RANK_BITS) - 1);
    if (rank > (registers[index] as number)) registers[index] = rank;
  }
  return registers;
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [power, weight, sum] = [share, 1, share];
  for (let before = -1; before !== sum;) {
    power *= power;
    before = sum;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum] = [share, 1, 1 - share];
  for (let before = -1; before !== sum;) {
    root = Math.sqrt(root);
    before = sum;
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
