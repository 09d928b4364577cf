import { mkdirSync } from "node:fs";
import { type PurgeTarget, purgeNameOf } from "../cache/purge-names.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { type CacheBoard, openCacheBoard } from "../stores/disk/cache-board.ts";
import { BLOCK_BYTES, blocksOf, cacheDirectory } from "../stores/disk/cache-files.ts";
import { clearCacheFiles, crowdedPart } from "../stores/disk/clear-cache-files.ts";
import type { CacheState } from "../telemetry/prometheus/system-state.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";

/** What it takes. */
export interface CacheClearingOptions {
  readonly config: Pick<GatewayConfig, "cache" | "dataDirectory">;
  readonly log: ProcessLog;
}

/** The cache as the control process looks after it. */
export interface ClearedCache {
  /** Drops what fits the target, at once in every worker; everything for null. @throws the system's error when the board cannot be opened. */
  readonly purge: (target: PurgeTarget | null) => void;
  /** Whether what was stamped so was not purged. */
  readonly isCurrent: (stamp: readonly number[]) => boolean;
  state(): Omit<CacheState, "semantic">;
  stop(): void;
}

const LOOK_EVERY_MS = 1000;
/** Clocks of file systems go in ticks of this length at most. */
const TICK_MS = 10;
/** Entries that are too old may lie about for so long while there is room. */
const CLEAR_EVERY_MS = 60_000;

/** Keeps the cached answers on the disk within their bound, from now on until it is stopped. */
export function keepCacheClear({ config, log }: CacheClearingOptions): ClearedCache {
  const directory = cacheDirectory(config.dataDirectory);
  const maxBytes = config.cache.max_disk_bytes;
  let isClearing = false;
  let clearedAtMs = Number.NEGATIVE_INFINITY;
  let board: CacheBoard | null = null;
  const openBoard = (): CacheBoard => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return (board ??= openCacheBoard(directory));
  };
  const clear = async (purgedAtMs = 0): Promise<void> => {
    if (isClearing || maxBytes === 0) return;
    isClearing = true;
    try {
      const { usedBlocks } = openBoard();
      const isCrowded = usedBlocks > blocksOf(maxBytes) * crowdedPart;
      if (!isCrowded && performance.now() - clearedAtMs < CLEAR_EVERY_MS) return;
      clearedAtMs = performance.now();
      await clearCacheFiles({ directory, maxBytes, board: openBoard(), nowMs: Date.now(), purgedAtMs });
    } catch (error) {
      log("error", "cache_not_cleared", { error: String(error) });
    } finally {
      isClearing = false;
    }
  };
  void clear();
  const looking = setInterval(() => void clear(), LOOK_EVERY_MS).unref();
  return {
    purge(target) {
      openBoard().purge(target === null ? null : purgeNameOf(target));
      if (target !== null) return;
      // Files of which nothing is usable any more need not wait for their time.
      clearedAtMs = Number.NEGATIVE_INFINITY;
      void clear(Date.now() - TICK_MS);
    },
    isCurrent: (stamp) => openBoard().isCurrent(stamp),
    state() {
      try {
        const { usedBlocks, counts } = openBoard();
        return { sizeBytes: usedBlocks * BLOCK_BYTES, maxBytes, ...counts };
      } catch {
        // Workers tell in the log that there is no cache.
        return { sizeBytes: 0, maxBytes, unreadable: 0, unwritten: 0 };
      }
    },
    stop: () => clearInterval(looking),
  };
}
