import { randomInt } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { type CounterMemory, half, LAYOUT_VERSION, MAGIC, SIZE_BYTES, word } from "./counter-layout.ts";

const CHUNK_BYTES = 1024 * 1024;

/** What became of the counters of an earlier run. */
export type PreparedCounters = "created" | "kept" | "replaced";

/**
 * Makes the file of the counters where there is none, and begins it anew when it is not one of this layout (the old one stays beside it as
 * `.unusable`). For one process alone, before any other opens it: whoever holds the data directory.
 */
export function prepareCounterFile(path: string): PreparedCounters {
  const isThere = existsSync(path);
  if (isThere && isUsable(path)) return "kept";
  const fresh = `${path}.new`;
  const descriptor = openSync(fresh, "w", 0o600);
  // Written out, not left as a hole: not every system shows what others write to a page that was first seen as part of one.
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < SIZE_BYTES; at += CHUNK_BYTES)
    writeSync(descriptor, zeros, 0, Math.min(CHUNK_BYTES, SIZE_BYTES - at));
  closeSync(descriptor);
  beginCounters(mapCounterFile(fresh));
  if (isThere) renameSync(path, `${path}.unusable`);
  renameSync(fresh, path);
  return isThere ? "replaced" : "created";
}

/** Maps a prepared file. @throws Error when it is none. */
export function openCounterFile(path: string): CounterMemory {
  if (!isUsable(path)) throw new Error(`${path} holds no counters that this version can read`);
  return mapCounterFile(path);
}

/** Counters in the memory of this process alone, which end with it. */
export function privateCounters(): CounterMemory {
  const memory = viewsOf(new ArrayBuffer(SIZE_BYTES), 0);
  beginCounters(memory);
  return memory;
}

function beginCounters({ halves, words }: CounterMemory): void {
  halves[half.version] = LAYOUT_VERSION;
  halves[half.seed] = randomInt(2 ** 32) | 0;
  halves[half.seed + 1] = randomInt(2 ** 32) | 0;
  words[word.sizeBytes] = SIZE_BYTES;
  halves[half.magic] = MAGIC;
}

function isUsable(path: string): boolean {
  if (statSync(path).size !== SIZE_BYTES) return false;
  const { halves, words } = mapCounterFile(path);
  return (
    halves[half.magic] === MAGIC && halves[half.version] === LAYOUT_VERSION && words[word.sizeBytes] === SIZE_BYTES
  );
}

function mapCounterFile(path: string): CounterMemory {
  const { buffer, byteOffset } = Bun.mmap(path, { shared: true });
  return viewsOf(buffer as ArrayBuffer, byteOffset);
}

function viewsOf(buffer: ArrayBuffer, offset: number): CounterMemory {
  return {
    words: new Float64Array(buffer, offset, SIZE_BYTES / 8),
    halves: new Int32Array(buffer, offset, SIZE_BYTES / 4),
  };
}

/** A number that changes whenever the machine starts; 0 where the system does not say. */
export function readBootId(): number {
  try {
    return Number.parseInt(
      readFileSync("/proc/sys/kernel/random/boot_id", "latin1").replaceAll("-", "").slice(0, 12),
      16,
    );
  } catch {
    return 0;
  }
}

/** Milliseconds since the machine started, the same in all its processes and never set. */
export function readUptimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
