import type { PurgeTarget } from "../cache/purge-names.ts";
import type { CacheState } from "../telemetry/prometheus/system-state.ts";
import { type CacheClearingOptions, keepCacheClear } from "./keep-cache-clear.ts";
import { startSemantic } from "./semantic/start-semantic.ts";

/** The control process's part in the cache. */
export interface RunningCache {
  /** Drops what fits the target, at once in every worker, and the questions it answered; everything for null. @throws the system's error when the board cannot be opened. */
  readonly purge: (target: PurgeTarget | null) => void;
  readonly state: () => CacheState;
  stop(): Promise<void>;
}

/** Keeps the cache within its bounds, and compares questions. @param options `controlSocket` is the control process's own. */
export function startCache(options: CacheClearingOptions & { readonly controlSocket: string }): RunningCache {
  const clearing = keepCacheClear(options);
  const semantic = startSemantic({ ...options, isCurrent: clearing.isCurrent });
  return {
    purge(target) {
      clearing.purge(target);
      semantic?.sweep();
    },
    state: () => ({ ...clearing.state(), semantic: semantic?.state() ?? null }),
    async stop() {
      clearing.stop();
      await semantic?.stop();
    },
  };
}
