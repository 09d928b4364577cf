import { join } from "node:path";

/** Ends the name of a file that is being written. */
export const unfinishedSuffix = ".part";

/** Whoever writes a file gives a sign of life every second, and is taken for dead when there was none for so long. */
export const deadAfterMs = 5000;

/** Files take up whole blocks. */
export const BLOCK_BYTES = 4096;

/** Blocks of 4 KiB that a file of this size takes up. */
export function blocksOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES);
}

/** Where the cache of a data directory lies. */
export function cacheDirectory(dataDirectory: string): string {
  return join(dataDirectory, "cache");
}
