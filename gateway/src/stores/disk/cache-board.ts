import { randomBytes } from "node:crypto";
import { linkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CacheCounts, PurgeBoard } from "../ports/cache-store.ts";

/** What all processes of a machine know of their cache at every moment, in memory they share. */
export interface CacheBoard extends PurgeBoard {
  stamp(names: readonly string[]): readonly number[];
  isCurrent(stamp: readonly number[]): boolean;
  purge(name: string | null): void;
  /** Blocks of 4 KiB that entries take up on the disk; about right, put right by whoever counts the files. */
  usedBlocks: number;
  /** Adds to `usedBlocks`; negative for entries that went. */
  addBlocks(count: number): void;
  /** Processes that follow what another one writes under names that share a place with `key`. */
  followers(key: string): number;
  addFollower(key: string, count: 1 | -1): void;
  readonly counts: CacheCounts;
  count(what: keyof CacheCounts): void;
}

const FILE_NAME = "board";
/** Numbers in front of the generations: random id of the board, generation of everything, blocks, two counts, and room. */
const HEADER_WORDS = 16;
const words = { id: 0, everything: 1, blocks: 2, unreadable: 3, unwritten: 4 } as const;
/** Names share generations by chance: then an entry too many is purged, never one too few. */
const GENERATIONS = 65_536;
const FOLLOWERS = 4096;
const FOLLOWERS_AT = HEADER_WORDS + GENERATIONS;
const FILE_BYTES = (FOLLOWERS_AT + FOLLOWERS) * Uint32Array.BYTES_PER_ELEMENT;

/**
 * Opens the board of a cache directory, which is made when it is not there or has another form. A new board has another id, so that
 * entries of the one before do not count any more.
 * @throws the system's error when it cannot be made.
 */
export function openCacheBoard(directory: string): CacheBoard {
  const path = join(directory, FILE_NAME);
  if (statSync(path, { throwIfNoEntry: false })?.size !== FILE_BYTES) makeBoard(path);
  const bytes = Bun.mmap(path, { shared: true });
  const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, FILE_BYTES / Uint32Array.BYTES_PER_ELEMENT);
  const at = (word: number): number => Atomics.load(numbers, word);
  return {
    stamp(names) {
      const stamp = [at(words.id), at(words.everything)];
      for (const name of names) {
        const word = wordOf(name);
        stamp.push(word, at(word));
      }
      return stamp;
    },
    isCurrent(stamp) {
      if (stamp[0] !== at(words.id) || stamp[1] !== at(words.everything)) return false;
      for (let index = 2; index < stamp.length; index += 2) {
        if (at(stamp[index] as number) !== stamp[index + 1]) return false;
      }
      return true;
    },
    purge(name) {
      Atomics.add(numbers, name === null ? words.everything : wordOf(name), 1);
    },
    get usedBlocks() {
      return at(words.blocks);
    },
    set usedBlocks(count) {
      Atomics.store(numbers, words.blocks, count);
    },
    addBlocks(count) {
      const before = Atomics.add(numbers, words.blocks, count);
      // What was counted twice must not make the disk look full for ever.
      if (before + count < 0) Atomics.store(numbers, words.blocks, 0);
    },
    followers: (key) => at(followersWordOf(key)),
    addFollower(key, count) {
      Atomics.add(numbers, followersWordOf(key), count);
    },
    get counts() {
      return { unreadable: at(words.unreadable), unwritten: at(words.unwritten) };
    },
    count(what) {
      Atomics.add(numbers, words[what], 1);
    },
  };
}

function wordOf(name: string): number {
  return HEADER_WORDS + (Bun.hash.xxHash32(name) % GENERATIONS);
}

function followersWordOf(key: string): number {
  return FOLLOWERS_AT + (Bun.hash.xxHash32(key) % FOLLOWERS);
}

/** Of several processes that make it at once, one does; a board of another form is replaced. */
function makeBoard(path: string): void {
  const numbers = new Uint32Array(FILE_BYTES / Uint32Array.BYTES_PER_ELEMENT);
  numbers[words.id] = (randomBytes(4).readUInt32LE(0) | 1) >>> 0;
  const made = `${path}.${process.pid}.new`;
  writeFileSync(made, numbers, { mode: 0o600 });
  try {
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (sizeBytes !== undefined && sizeBytes !== FILE_BYTES) rmSync(path, { force: true });
    linkSync(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(made, { force: true });
  }
}
