import { appendVarint, VarintReader } from "./varint.ts";

/** Bucket borders grow by this factor. */
const GROWTH = 1.04;
/** Upper border of bucket 0 in milliseconds; shorter times are told apart no further. */
const SMALLEST_MS = 0.1;
/** Longer times count as this one. */
const LONGEST_MS = 30 * 86_400_000;
const LOG_GROWTH = Math.log(GROWTH);

/**
 * Largest relative error of a quantile, as long as it is 0.1 ms or more: each bucket reaches from b to 1.04 b and answers with
 * the value that is off by the same share from both ends.
 */
export const LATENCY_RELATIVE_ERROR = (GROWTH - 1) / (GROWTH + 1);

/** Bucket of a duration in milliseconds; bucket i > 0 holds (0.1·1.04^(i-1), 0.1·1.04^i]. Negative and missing times count as 0. */
export function latencyBucket(durationMs: number): number {
  if (!(durationMs > SMALLEST_MS)) return 0;
  const exact = Math.log(Math.min(durationMs, LONGEST_MS) / SMALLEST_MS) / LOG_GROWTH;
  // A hair of tolerance keeps a value on a border out of the bucket above it.
  return Math.max(1, Math.ceil(exact - 1e-9));
}

/**
 * Buckets as bytes: their number, then for each its distance from the one before and how often it occurred. Two such texts set
 * one behind the other are again one, so a store can add to a sketch without reading it. Empty for no buckets. Sorts `buckets`.
 */
export function encodeLatencyBuckets(buckets: number[]): Uint8Array {
  buckets.sort((left, right) => left - right);
  const pairs: [bucket: number, count: number][] = [];
  for (const bucket of buckets) {
    const last = pairs.at(-1);
    if (last?.[0] === bucket) last[1]++;
    else pairs.push([bucket, 1]);
  }
  return encodePairs(pairs);
}

function encodePairs(pairs: readonly (readonly [bucket: number, count: number])[]): Uint8Array {
  if (pairs.length === 0) return new Uint8Array();
  const bytes: number[] = [];
  appendVarint(bytes, pairs.length);
  let before = 0;
  for (const [bucket, count] of pairs) {
    appendVarint(bytes, bucket - before);
    appendVarint(bytes, count);
    before = bucket;
  }
  return Uint8Array.from(bytes);
}

/** How many durations fell into each of ~800 buckets that grow by 4 %; sketches merge without loss. */
export class LatencySketch {
  /** Counts of the buckets from `first` on. */
  private counts = new Float64Array(0);
  private first = 0;
  private total = 0;

  /** Number of durations counted. */
  get count(): number {
    return this.total;
  }

  /** Counts a duration in milliseconds. */
  add(durationMs: number): void {
    this.addToBucket(latencyBucket(durationMs), 1);
  }

  /** Adds everything that an encoded sketch holds. */
  merge(encoded: Uint8Array): void {
    const reader = new VarintReader(encoded);
    while (!reader.isAtEnd) {
      let bucket = 0;
      for (let left = reader.next(); left > 0 && !reader.isAtEnd; left--) {
        bucket += reader.next();
        this.addToBucket(bucket, reader.next());
      }
    }
  }

  /** The duration in milliseconds below or at which the share `quantile` (0 to 1) of all lie, by nearest rank; null when there are none. */
  quantile(quantile: number): number | null {
    if (this.total === 0) return null;
    const rank = Math.max(1, Math.ceil(quantile * this.total));
    let seen = 0;
    let index = 0;
    while (index < this.counts.length - 1) {
      seen += this.counts[index] as number;
      if (seen >= rank) break;
      index++;
    }
    return bucketValueMs(this.first + index);
  }

  /** The sketch in its shortest bytes. */
  encode(): Uint8Array {
    const pairs: [number, number][] = [];
    for (const [index, count] of this.counts.entries()) if (count > 0) pairs.push([this.first + index, count]);
    return encodePairs(pairs);
  }

  private addToBucket(bucket: number, count: number): void {
    if (bucket < this.first || bucket >= this.first + this.counts.length) this.makeRoomFor(bucket);
    const index = bucket - this.first;
    this.counts[index] = (this.counts[index] as number) + count;
    this.total += count;
  }

  private makeRoomFor(bucket: number): void {
    const isEmpty = this.counts.length === 0;
    const from = isEmpty ? bucket : Math.max(0, Math.min(this.first, bucket < this.first ? bucket - 16 : bucket));
    const end = isEmpty ? bucket + 1 : Math.max(this.first + this.counts.length, bucket + 16);
    const counts = new Float64Array(end - from);
    counts.set(this.counts, isEmpty ? 0 : this.first - from);
    this.counts = counts;
    this.first = from;
  }
}

function bucketValueMs(bucket: number): number {
  if (bucket === 0) return SMALLEST_MS / 2;
  return (2 * SMALLEST_MS * GROWTH ** bucket) / (GROWTH + 1);
}
