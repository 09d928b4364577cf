import { startControl } from "../control/start-control.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import type { KeyMaterial } from "../secrets/load-keys.ts";
import type { ProcessLog } from "./process-log.ts";
import type { RunningPart } from "./running-part.ts";
import { type StartProxy, startWorker } from "./start-worker.ts";

/** What it takes to run all roles in this process. */
export interface AloneOptions {
  readonly config: GatewayConfig;
  readonly controlSocket: string;
  readonly adminToken: string | null;
  readonly keys: KeyMaterial;
  readonly startProxy: StartProxy;
  readonly dashboardDirectory: string;
  readonly log: ProcessLog;
}

/** Runs control and one worker in this process, from the same parts that otherwise get processes of their own. */
export async function serveAlone(options: AloneOptions): Promise<RunningPart> {
  const { config, controlSocket, adminToken, keys, startProxy, dashboardDirectory, log } = options;
  const control = await startControl({ config, socketPath: controlSocket, dashboardDirectory, adminToken, keys, log });
  try {
    const worker = await startWorker(
      { type: "start", config, name: "w0", controlSocket, adminToken: null, keys },
      startProxy,
      log,
    );
    return {
      async stop(graceMs) {
        await worker.stop(graceMs);
        await control.stop(0);
      },
    };
  } catch (error) {
    await control.stop(0);
    throw error;
  }
}
