import type { CacheKey } from "../../stores/ports/cache-store.ts";
import { differenceOf, type GuardLevel } from "./guards.ts";
import { readWording, type Wording } from "./read-wording.ts";
import type { AlikeQuestion, AnsweredQuestion, AskedQuestion, Partition } from "./semantic-answers.ts";

/** A question with its vector, of length 1. */
export type IndexedQuestion = AnsweredQuestion & { readonly vector: Float32Array };

/** What an index is made with. */
export interface SemanticIndexOptions {
  /** Bound on all entries; the one kept longest ago goes first. */
  readonly maxEntries: number;
  readonly level: GuardLevel;
  /** Whether an entry's answer was not purged. */
  readonly isCurrent: (stamp: readonly number[]) => boolean;
}

/** What a search found. */
export interface IndexSearch {
  readonly matches: readonly AlikeQuestion[];
  /** Whether there was something near enough that the guards refused. */
  readonly isRefused: boolean;
}

/** Questions by partition, in memory. */
export interface SemanticIndex {
  add(question: IndexedQuestion): void;
  /** @param vector of length 1. */
  find(question: AskedQuestion, vector: Float32Array, nowMs: number): IndexSearch;
  drop(key: CacheKey): void;
  /** Drops what is too old or purged. @returns how many. */
  sweep(nowMs: number): number;
  readonly size: number;
  entries(): Iterable<IndexedQuestion>;
}

/** Entries of one partition: as many are compared with each question. */
const MAX_IN_PARTITION = 1000;
/** Entries whose words are compared, the nearest ones. */
const MAX_GUARDED = 8;
const MAX_MATCHES = 3;

type Entry = IndexedQuestion & { readonly wording: Wording };

/** Makes an index. It compares with every entry of a partition: a thousand vectors of 512 numbers take half a millisecond. */
export function openSemanticIndex({ maxEntries, level, isCurrent }: SemanticIndexOptions): SemanticIndex {
  /** Oldest first. */
  const byKey = new Map<CacheKey, Entry>();
  const partitions = new Map<Partition, Set<Entry>>();
  const remove = (entry: Entry): void => {
    byKey.delete(entry.key);
    const others = partitions.get(entry.partition);
    others?.delete(entry);
    if (others?.size === 0) partitions.delete(entry.partition);
  };
  const isAlive = ({ expiresAtMs, stamp }: Entry, nowMs: number): boolean => expiresAtMs > nowMs && isCurrent(stamp);
  return {
    add(question) {
      const before = byKey.get(question.key);
      if (before !== undefined) remove(before);
      const partition = partitions.get(question.partition) ?? new Set();
      const oldest = partition.size >= MAX_IN_PARTITION ? partition.values().next().value : undefined;
      if (oldest !== undefined) remove(oldest);
      const entry = { ...question, wording: readWording(question.text) };
      partitions.set(question.partition, partition.add(entry));
      byKey.set(question.key, entry);
      const first = byKey.size > maxEntries ? byKey.values().next().value : undefined;
      if (first !== undefined) remove(first);
    },
    find({ partition, text, threshold }, vector, nowMs) {
      const near: { entry: Entry; similarity: number }[] = [];
      for (const entry of partitions.get(partition) ?? []) {
        if (!isAlive(entry, nowMs)) {
          remove(entry);
          continue;
        }
        const similarity = cosine(entry.vector, vector);
        if (similarity >= threshold) near.push({ entry, similarity });
      }
      if (near.length === 0) return { matches: [], isRefused: false };
      const wording = readWording(text);
      const matches = near
        .sort((left, right) => right.similarity - left.similarity)
        .slice(0, MAX_GUARDED)
        .filter(({ entry }) => differenceOf(entry.wording, wording, level) === null)
        .slice(0, MAX_MATCHES)
        .map(({ entry: { key, variant }, similarity }) => ({ key, variant, similarity }));
      return { matches, isRefused: matches.length === 0 };
    },
    drop(key) {
      const entry = byKey.get(key);
      if (entry !== undefined) remove(entry);
    },
    sweep(nowMs) {
      const dead = [...byKey.values()].filter((entry) => !isAlive(entry, nowMs));
      for (const entry of dead) remove(entry);
      return dead.length;
    },
    get size() {
      return byKey.size;
    },
    entries: () => byKey.values(),
  };
}

/** Of vectors of length 1; 0 for vectors of two encoders. */
function cosine(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return 0;
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] as number) * (right[index] as number);
  return sum;
}
