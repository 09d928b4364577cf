import type { FileSource } from "../control/file-source.ts";
import { startControl } from "../control/start-control.ts";
import { hashAdminToken } from "./hash-admin-token.ts";
import type { ProcessLog } from "./process-log.ts";
import type { RunningPart } from "./running-part.ts";
import type { SettledStart } from "./serve.ts";
import { type StartProxy, startWorker } from "./start-worker.ts";

/** What it takes to run all roles in this process. */
export interface AloneOptions extends SettledStart {
  readonly adminToken: string | null;
  readonly configFile: string | null;
  readonly startProxy: StartProxy;
  readonly dashboard: FileSource;
  readonly documentation: FileSource;
  readonly log: ProcessLog;
}

/** Runs control and one worker in this process, from the same parts that otherwise get processes of their own. */
export async function serveAlone(options: AloneOptions): Promise<RunningPart> {
  const { config, startId, controlSocket, keys, startProxy, log } = options;
  const control = await startControl({ ...options, socketPath: controlSocket });
  try {
    const worker = await startWorker(
      {
        type: "start",
        config,
        startId,
        configFile: null,
        name: "w0",
        controlSocket,
        adminToken: null,
        adminTokenHash: hashAdminToken(options),
        keys,
      },
      startProxy,
      log,
    );
    return {
      ...(control.firstToken === undefined ? {} : { firstToken: control.firstToken }),
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
