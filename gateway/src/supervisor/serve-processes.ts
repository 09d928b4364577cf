import type { ChildRole, StartMessage } from "./ipc-messages.ts";
import { keepRunning, type KeptChild } from "./keep-running.ts";
import type { ProcessLog } from "./process-log.ts";
import { hashAdminToken } from "./hash-admin-token.ts";
import { type RunningPart, shutdownGraceMs } from "./running-part.ts";
import type { SettledStart } from "./serve.ts";

/** What the supervisor needs to start its children. */
export interface ProcessOptions extends SettledStart {
  readonly adminToken: string | null;
  readonly configFile: string | null;
  /** The command line that runs a role. */
  readonly commandFor: (role: ChildRole) => readonly string[];
  readonly log: ProcessLog;
}

/** Longest time the control process gets to end, and workers beyond their own grace. */
const extraGraceMs = 2_000;

/**
 * Starts the control process and all workers, settles when every one of them serves, and keeps them running.
 * Stopping drains the workers first, since running exchanges may still need the control process.
 * @throws StartError of the first child that cannot start; by then all others have been ended.
 */
export async function serveProcesses(options: ProcessOptions): Promise<RunningPart> {
  const { config, startId, configFile, controlSocket, keys, commandFor, log } = options;
  const adminTokenHash = hashAdminToken(options);
  const messageFor = (name: string, adminToken: string | null = null): StartMessage => ({
    type: "start",
    config,
    startId,
    configFile,
    name,
    controlSocket,
    adminToken,
    adminTokenHash,
    keys,
  });
  const control = keepRunning(commandFor("control"), messageFor("control", options.adminToken), log);
  const workers = Array.from({ length: config.workers }, (_, index) =>
    keepRunning(commandFor("worker"), messageFor(`w${index}`), log),
  );
  let renewals = 0;
  const part: RunningPart = {
    async renew() {
      renewals += 1;
      // The journal's reader takes segments of one name for those of one process, of which only the newest may still grow.
      for (const [index, worker] of workers.entries()) await worker.replace(`w${index}r${renewals}`);
      log("info", "workers_renewed", { workers: workers.map((worker) => worker.pid) });
    },
    async stop(graceMs) {
      const extraMs = graceMs === 0 ? 0 : extraGraceMs;
      await stopChildren(workers, graceMs + extraMs, log);
      await stopChildren([control], extraMs, log);
    },
  };
  try {
    const [firstToken] = await Promise.all([control, ...workers].map((child) => child.firstReady));
    log("info", "children_started", { control: control.pid, workers: workers.map((worker) => worker.pid) });
    return firstToken === undefined ? part : { ...part, firstToken };
  } catch (error) {
    await part.stop(Math.min(shutdownGraceMs(config), extraGraceMs));
    throw error;
  }
}

async function stopChildren(children: readonly KeptChild[], graceMs: number, log: ProcessLog): Promise<void> {
  const ended = Promise.all(children.map((child) => child.stop()));
  const late = Number.isFinite(graceMs) ? setTimeout(killAll, graceMs) : null;
  function killAll(): void {
    log("warn", "children_killed", { graceMs });
    for (const child of children) child.kill();
  }
  await ended;
  if (late !== null) clearTimeout(late);
}
