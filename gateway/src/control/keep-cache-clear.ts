import { mkdirSync } from "node:fs";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { openCacheBoard } from "../stores/disk/cache-board.ts";
import { blocksOf, cacheDirectory } from "../stores/disk/cache-files.ts";
import { clearCacheFiles, crowdedPart } from "../stores/disk/clear-cache-files.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";

/** What it takes. */
export interface CacheClearingOptions {
  readonly config: Pick<GatewayConfig, "cache" | "dataDirectory">;
  readonly log: ProcessLog;
}

const LOOK_EVERY_MS = 1000;
/** Entries that are too old may lie about for so long while there is room. */
const CLEAR_EVERY_MS = 60_000;

/** Keeps the cached answers on the disk within their bound, from now on until the returned function is called. */
export function keepCacheClear({ config, log }: CacheClearingOptions): () => void {
  const directory = cacheDirectory(config.dataDirectory);
  const maxBytes = config.cache.max_disk_bytes;
  if (maxBytes === 0) return () => {};
  let isClearing = false;
  let clearedAtMs = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    if (isClearing) return;
    isClearing = true;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const board = openCacheBoard(directory);
      const isCrowded = board.usedBlocks > blocksOf(maxBytes) * crowdedPart;
      if (!isCrowded && performance.now() - clearedAtMs < CLEAR_EVERY_MS) return;
      clearedAtMs = performance.now();
      await clearCacheFiles({ directory, maxBytes, board, nowMs: Date.now() });
    } catch (error) {
      log("error", "cache_not_cleared", { error: String(error) });
    } finally {
      isClearing = false;
    }
  };
  void look();
  const looking = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return () => clearInterval(looking);
}
