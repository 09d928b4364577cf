import type { FileSource } from "../control/file-source.ts";
import { createProcessLog } from "../supervisor/process-log.ts";
import { runChildRole } from "../supervisor/run-child-role.ts";
import type { StartProxy } from "../supervisor/start-worker.ts";

/** What differs between programs: sources that are run, and one binary. */
export interface Program {
  /** Gives the data plane; called only in processes that run one. */
  readonly loadStartProxy: () => Promise<StartProxy>;
  readonly dashboard: FileSource;
  readonly documentation: FileSource;
}

/**
 * What this process does, by its arguments: `role worker` and `role control` are for the supervisor's children, `role snapshot` and
 * `role check-database` for commands, everything else is the command line. Each part is loaded only where it is used, so that workers start fast and stay small.
 */
export async function runHeadgate(program: Program): Promise<void> {
  const [first, role, ...rest] = process.argv.slice(2);
  if (first === "role" && role === "worker" && rest.length === 0) return runWorkerRole(program);
  if (first === "role" && role === "control" && rest.length === 0) return runControlRole(program);
  const [source, copy] = rest;
  if (first === "role" && role === "snapshot" && source !== undefined && copy !== undefined) {
    const { runSnapshot } = await import("../backup/snapshot-database.ts");
    return runSnapshot(source, copy);
  }
  if (first === "role" && role === "check-database" && source !== undefined) {
    const { runIntegrityCheck } = await import("../doctor/check-integrity.ts");
    return runIntegrityCheck(source);
  }
  const { runCommandLine } = await import("./run-command-line.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2), program);
}

function runWorkerRole({ loadStartProxy }: Program): void {
  const log = createProcessLog("worker");
  runChildRole(log, async (start) => {
    const [{ startWorker }, startProxy] = await Promise.all([
      import("../supervisor/start-worker.ts"),
      loadStartProxy(),
    ]);
    return startWorker(start, startProxy, log);
  });
}

function runControlRole({ dashboard, documentation }: Program): void {
  const log = createProcessLog("control");
  runChildRole(log, async ({ controlSocket, ...start }) => {
    const { startControl } = await import("../control/start-control.ts");
    return startControl({ ...start, socketPath: controlSocket, dashboard, documentation, log });
  });
}
