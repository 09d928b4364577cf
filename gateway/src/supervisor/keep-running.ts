import type { StartMessage } from "./ipc-messages.ts";
import type { ProcessLog } from "./process-log.ts";
import { nextRestartDelay, type RestartState } from "./restart-delay.ts";
import { type Child, spawnChild } from "./spawn-child.ts";

/** A child that is started again whenever it ends by itself. */
export interface KeptChild {
  /** Id of the process that runs now. */
  readonly pid: number;
  /** Settles when the first process serves, with the token its start made, if any; rejects with a StartError when that one fails, and none follows. */
  readonly firstReady: Promise<string | undefined>;
  /** Asks the child to end (SIGTERM) and starts no other; settles when it has ended. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL). */
  kill(): void;
}

/** Runs `command` and keeps it running; pauses between restarts grow (`nextRestartDelay`). */
export function keepRunning(command: readonly string[], start: StartMessage, log: ProcessLog): KeptChild {
  const stopping = new AbortController();
  const first = Promise.withResolvers<string | undefined>();
  let child: Child = spawnChild(command, start);

  const superviseUntilStopped = async (): Promise<void> => {
    let state: RestartState = { delayMs: 0, startedMs: performance.now() };
    if (!(await startsFirst(child, first))) return;
    for (;;) {
      const how = await child.exited;
      if (stopping.signal.aborted) return;
      state = nextRestartDelay(state, performance.now());
      log("error", "child_ended", { name: start.name, childPid: child.pid, how, restartInMs: state.delayMs });
      await pause(state.delayMs, stopping.signal);
      if (stopping.signal.aborted) return;
      child = spawnChild(command, start);
      state = { ...state, startedMs: performance.now() };
      logRestart(child, start.name, log);
    }
  };
  const ended = superviseUntilStopped();

  return {
    get pid() {
      return child.pid;
    },
    firstReady: first.promise,
    async stop() {
      stopping.abort();
      child.kill("SIGTERM");
      await child.exited;
      await ended;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

async function startsFirst(child: Child, first: PromiseWithResolvers<string | undefined>): Promise<boolean> {
  try {
    first.resolve(await child.ready);
    return true;
  } catch (error) {
    first.reject(error);
    return false;
  }
}

function logRestart(child: Child, name: string, log: ProcessLog): void {
  const { pid: childPid } = child;
  child.ready
    .then(() => log("info", "child_restarted", { name, childPid }))
    .catch((error: Error) => log("error", "child_start_failed", { name, childPid, message: error.message }));
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
