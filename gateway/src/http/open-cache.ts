import { mkdirSync } from "node:fs";
import { type AnswerCache, combineStores } from "../cache/answer-cache.ts";
import { createKeyDeriver } from "../cache/derive-key.ts";
import type { Clock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { openCacheBoard } from "../stores/disk/cache-board.ts";
import { cacheDirectory } from "../stores/disk/cache-files.ts";
import { openDiskCacheStore } from "../stores/disk/disk-cache-store.ts";
import { createMemoryCacheStore } from "../stores/memory/memory-cache-store.ts";
import type { PurgeBoard, SharedCacheStore } from "../stores/ports/cache-store.ts";

/** Answers that several workers share, and how they tell each other what was purged. */
export interface SharedAnswers {
  readonly far: SharedCacheStore;
  readonly board: PurgeBoard;
}

/** What a worker's cache is opened with. */
export interface OpenCacheOptions {
  readonly config: Pick<GatewayConfig, "cache" | "dataDirectory">;
  /** Key under which what is cached is named. */
  readonly secret: Buffer;
  readonly clock: Clock;
  /** Where answers are kept for all workers, in place of files of this machine; those when absent. */
  readonly shared?: SharedAnswers;
  /** Told why there is no cache. */
  readonly onFault: (problem: string) => void;
}

/**
 * Opens a worker's cache: what was used last in its own memory, everything in the files that all workers share. Null where the
 * configuration gives it no room, or its directory cannot be used; requests are then served without it.
 */
export function openCache({ config, secret, clock, shared, onFault }: OpenCacheOptions): AnswerCache | null {
  const { max_memory_bytes: maxMemoryBytes, max_disk_bytes: maxDiskBytes } = config.cache;
  if (maxMemoryBytes === 0 && maxDiskBytes === 0) return null;
  try {
    const { far, board } = shared ?? openFiles(cacheDirectory(config.dataDirectory), maxDiskBytes, clock);
    const near = createMemoryCacheStore({ maxBytes: maxMemoryBytes, board });
    return combineStores({ keys: createKeyDeriver(secret), board, near, far });
  } catch (error) {
    onFault(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function openFiles(
  directory: string,
  maxBytes: number,
  clock: Clock,
): { readonly far: SharedCacheStore | null; readonly board: PurgeBoard } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const board = openCacheBoard(directory);
  return { board, far: maxBytes === 0 ? null : openDiskCacheStore({ directory, maxBytes, board, clock }) };
}
