import { mkdirSync } from "node:fs";
import { type AnswerCache, combineStores } from "../cache/answer-cache.ts";
import { createKeyDeriver } from "../cache/derive-key.ts";
import type { Clock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { openCacheBoard } from "../stores/disk/cache-board.ts";
import { cacheDirectory } from "../stores/disk/cache-files.ts";
import { openDiskCacheStore } from "../stores/disk/disk-cache-store.ts";
import { createMemoryCacheStore } from "../stores/memory/memory-cache-store.ts";

/** What a worker's cache is opened with. */
export interface OpenCacheOptions {
  readonly config: Pick<GatewayConfig, "cache" | "dataDirectory">;
  /** Key under which what is cached is named. */
  readonly secret: Buffer;
  readonly clock: Clock;
  /** Told why there is no cache. */
  readonly onFault: (problem: string) => void;
}

/**
 * Opens a worker's cache: what was used last in its own memory, everything in the files that all workers share. Null where the
 * configuration gives it no room, or its directory cannot be used; requests are then served without it.
 */
export function openCache({ config, secret, clock, onFault }: OpenCacheOptions): AnswerCache | null {
  const { max_memory_bytes: maxMemoryBytes, max_disk_bytes: maxDiskBytes } = config.cache;
  if (maxMemoryBytes === 0 && maxDiskBytes === 0) return null;
  const directory = cacheDirectory(config.dataDirectory);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const board = openCacheBoard(directory);
    const near = createMemoryCacheStore({ maxBytes: maxMemoryBytes, board });
    const far = maxDiskBytes === 0 ? null : openDiskCacheStore({ directory, maxBytes: maxDiskBytes, board, clock });
    return combineStores({ keys: createKeyDeriver(secret), board, near, far });
  } catch (error) {
    onFault(error instanceof Error ? error.message : String(error));
    return null;
  }
}
