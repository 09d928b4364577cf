import { exitStatus, StartError } from "./exit-status.ts";
import { type ChildReport, restoreConfig, type StartMessage } from "./ipc-messages.ts";
import type { ProcessLog } from "./process-log.ts";
import { type RunningPart, shutdownGraceMs } from "./running-part.ts";

/**
 * The life of a child process: waits for the start message, runs the part, tells the supervisor, and ends with status 0 after
 * draining when a signal asks for it or the supervisor is gone.
 */
export function runChildRole(log: ProcessLog, startPart: (start: StartMessage) => Promise<RunningPart>): void {
  let running: Promise<{ part: RunningPart; graceMs: number }> | null = null;
  let isStopping = false;

  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    if (reason === "supervisor_gone") log("warn", "stopping", { reason });
    const started = await running?.catch(() => null);
    await started?.part.stop(started.graceMs);
    process.exit(exitStatus.ok);
  };
  const fail = (event: string, error: unknown): void => {
    log("error", event, { message: String(error), stack: error instanceof Error ? error.stack : undefined });
    process.exit(exitStatus.software);
  };
  const begin = async (start: StartMessage): Promise<void> => {
    const config = restoreConfig(start.config);
    running = (async () => ({ part: await startPart({ ...start, config }), graceMs: shutdownGraceMs(config) }))();
    try {
      const { part } = await running;
      report({ type: "ready", ...(part.firstToken === undefined ? {} : { firstToken: part.firstToken }) });
    } catch (error) {
      const { message, status } = toStartError(error);
      report({ type: "failed", message, status });
      process.exit(status);
    }
  };

  process.on("uncaughtException", (error) => fail("uncaught_exception", error));
  process.on("unhandledRejection", (error) => fail("unhandled_rejection", error));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
  process.on("disconnect", () => void stop("supervisor_gone"));
  process.on("message", (message: StartMessage) => void begin(message));
}

function toStartError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  return new StartError(error instanceof Error ? (error.stack ?? error.message) : String(error), exitStatus.software);
}

function report(message: ChildReport): void {
  process.send?.(message);
}
