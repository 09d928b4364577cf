import { join } from "node:path";
import { createProcessLog } from "../supervisor/process-log.ts";
import { runChildRole } from "../supervisor/run-child-role.ts";
import type { StartProxy } from "../supervisor/start-worker.ts";

/** Where the dashboard's build lies in a checkout; elsewhere there is none and a plain page is served. */
export const dashboardDirectory = join(import.meta.dir, "../../../dashboard/dist");

/** Gives the data plane; called only in processes that run one. */
export type LoadStartProxy = () => Promise<StartProxy>;

/**
 * What this process does, by its arguments: `role worker` and `role control` are for the supervisor's children, everything else
 * is the command line. Each part is loaded only where it is used, so that workers start fast and stay small.
 */
export async function runHeadgate(loadStartProxy: LoadStartProxy): Promise<void> {
  const [first, role, ...rest] = process.argv.slice(2);
  if (first === "role" && role === "worker" && rest.length === 0) return runWorkerRole(loadStartProxy);
  if (first === "role" && role === "control" && rest.length === 0) return runControlRole();
  const { runCommandLine } = await import("./run-command-line.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2), loadStartProxy);
}

function runWorkerRole(loadStartProxy: LoadStartProxy): void {
  const log = createProcessLog("worker");
  runChildRole(log, async (start) => {
    const [{ startWorker }, startProxy] = await Promise.all([
      import("../supervisor/start-worker.ts"),
      loadStartProxy(),
    ]);
    return startWorker(start, startProxy, log);
  });
}

function runControlRole(): void {
  const log = createProcessLog("control");
  runChildRole(log, async ({ controlSocket, ...start }) => {
    const { startControl } = await import("../control/start-control.ts");
    return startControl({ ...start, socketPath: controlSocket, dashboardDirectory, log });
  });
}
