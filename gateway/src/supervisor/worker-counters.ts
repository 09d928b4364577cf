import { join } from "node:path";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import type { CounterStore } from "../stores/ports/counter-store.ts";
import { prepareCounterFile } from "../stores/shared-memory/counter-file.ts";
import { openSharedCounterStore } from "../stores/shared-memory/shared-counter-store.ts";
import type { ProcessLog } from "./process-log.ts";

/** How often a process gives back what dead ones held, and tells what could not be counted. */
const REAP_EVERY_MS = 1000;

/** The counters of limits that all workers of the data directory share. */
export interface WorkerCounters {
  readonly store: CounterStore;
  close(): Promise<void>;
}

/** Where counters are kept. */
function counterFilePath({ dataDirectory }: Pick<GatewayConfig, "dataDirectory">): string {
  return join(dataDirectory, "counters");
}

/** Makes the counters ready for the workers. For the process that holds the data directory, before it starts any. */
export function prepareCounters(config: GatewayConfig, log: ProcessLog): void {
  try {
    const state = prepareCounterFile(counterFilePath(config));
    if (state === "replaced")
      log("warn", "counters_replaced", { reason: "the file was of another version or damaged" });
  } catch (error) {
    log("error", "counters_not_prepared", { problem: String(error) });
  }
}

/** Opens the shared counters; where that fails, limits hold for this worker alone, which is told. */
export function openWorkerCounters(config: GatewayConfig, log: ProcessLog): WorkerCounters {
  const store = openStore(config, log);
  let told = 0;
  const look = (): void => {
    const gone = store.reap();
    if (gone > 0) log("warn", "counters_released", { processes: gone });
    const { uncounted, replaced } = store.losses;
    if (uncounted + replaced > told) log("warn", "counters_full", { uncounted, replaced });
    told = uncounted + replaced;
  };
  look();
  const timer = setInterval(look, REAP_EVERY_MS);
  return {
    store,
    async close() {
      clearInterval(timer);
      await store.close();
    },
  };
}

function openStore(config: GatewayConfig, log: ProcessLog): ReturnType<typeof openSharedCounterStore> {
  try {
    return openSharedCounterStore({ path: counterFilePath(config) });
  } catch (error) {
    log("error", "counters_not_shared", { problem: String(error) });
    return openSharedCounterStore({ path: null });
  }
}
