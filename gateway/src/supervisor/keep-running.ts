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
  /**
   * Starts another process under the name `name`; once it serves, the one before is asked to end and is not waited for. Rejects with a
   * StartError when the new one cannot start: the old one then goes on.
   */
  replace(name: string): Promise<void>;
  /** Asks the child to end (SIGTERM) and starts no other; settles when it has ended. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL). */
  kill(): void;
}

/** Runs `command` and keeps it running; pauses between restarts grow (`nextRestartDelay`). */
export function keepRunning(command: readonly string[], start: StartMessage, log: ProcessLog): KeptChild {
  const stopping = new AbortController();
  const first = Promise.withResolvers<string | undefined>();
  let message = start;
  let child: Child = spawnChild(command, message);
  let replaced = Promise.withResolvers<void>();
  /** Processes that start to take its place, and that end because another one did. */
  const others = new Set<Child>();
  const all = (): Child[] => [child, ...others];

  const superviseUntilStopped = async (): Promise<void> => {
    let state: RestartState = { delayMs: 0, startedMs: performance.now() };
    if (!(await startsFirst(child, first))) return;
    for (;;) {
      const watched = child;
      const how = await Promise.race([watched.exited, replaced.promise.then(() => "replaced")]);
      if (stopping.signal.aborted) return;
      if (watched !== child) continue;
      state = nextRestartDelay(state, performance.now());
      log("error", "child_ended", { name: message.name, childPid: child.pid, how, restartInMs: state.delayMs });
      await pause(state.delayMs, stopping.signal);
      if (stopping.signal.aborted) return;
      if (watched !== child) continue;
      child = spawnChild(command, message);
      state = { ...state, startedMs: performance.now() };
      logRestart(child, message.name, log);
    }
  };
  const ended = superviseUntilStopped();

  return {
    get pid() {
      return child.pid;
    },
    firstReady: first.promise,
    async replace(name) {
      const next = spawnChild(command, { ...start, name });
      void keepUntilGone(others, next);
      await next.ready;
      if (stopping.signal.aborted) return;
      const before = child;
      others.delete(next);
      void keepUntilGone(others, before);
      child = next;
      message = { ...start, name };
      replaced.resolve();
      replaced = Promise.withResolvers();
      before.kill("SIGTERM");
    },
    async stop() {
      stopping.abort();
      for (const each of all()) each.kill("SIGTERM");
      while (others.size > 0) await Promise.all([...others].map((each) => each.exited));
      await child.exited;
      await ended;
    },
    kill: () => all().forEach((each) => each.kill("SIGKILL")),
  };
}

async function keepUntilGone(children: Set<Child>, child: Child): Promise<void> {
  children.add(child);
  await child.exited;
  children.delete(child);
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
