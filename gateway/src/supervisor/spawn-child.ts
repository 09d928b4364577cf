import { environmentVariables } from "../config/environment.ts";
import { exitStatus, StartError } from "./exit-status.ts";
import type { ChildReport, StartMessage } from "./ipc-messages.ts";

/** A process that has been started. */
export interface Child {
  readonly pid: number;
  /** Settles when it serves, with the token its start made, if any. Rejects with a StartError when it says it cannot, ends before, or takes too long. */
  readonly ready: Promise<string | undefined>;
  /** Settles with a few words on how it ended. */
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** Longest time from start to serving. */
const startTimeoutMs = 30_000;

/**
 * Starts `command` with a channel and sends it `start`. Secrets of the configuration are left out of its environment.
 * A command that cannot be started gives a child that has ended already.
 */
export function spawnChild(command: readonly string[], start: StartMessage): Child {
  const ready = Promise.withResolvers<string | undefined>();
  // Whoever starts a child may be interested in its end alone.
  ready.promise.catch(() => {});
  const onReport = (report: ChildReport): void => {
    if (report.type === "ready") ready.resolve(report.firstToken);
    else ready.reject(new StartError(report.message, report.status));
  };
  try {
    const child = Bun.spawn([...command], {
      env: environmentWithoutSecrets(),
      stdio: ["ignore", "inherit", "inherit"],
      // A group of its own: Ctrl-C in a terminal reaches the supervisor alone, which ends its children in order.
      detached: true,
      ipc: onReport,
    });
    child.send(start);
    const exited = endOf(child, start.name, ready);
    return { pid: child.pid, ready: ready.promise, exited, kill: (signal) => child.kill(signal) };
  } catch (error) {
    const how = `cannot be started: ${(error as Error).message}`;
    ready.reject(new StartError(`Process ${start.name} ${how}.`, exitStatus.software));
    return { pid: 0, ready: ready.promise, exited: Promise.resolve(how), kill: () => {} };
  }
}

async function endOf(
  child: Bun.Subprocess,
  name: string,
  ready: PromiseWithResolvers<string | undefined>,
): Promise<string> {
  const timer = setTimeout(() => {
    ready.reject(new StartError(`Process ${name} did not start within ${startTimeoutMs} ms.`, exitStatus.software));
    child.kill("SIGKILL");
  }, startTimeoutMs);
  ready.promise.then(() => clearTimeout(timer)).catch(() => clearTimeout(timer));
  await child.exited;
  const how = child.signalCode === null ? `exit status ${child.exitCode}` : `signal ${child.signalCode}`;
  ready.reject(new StartError(`Process ${name} ended while starting (${how}).`, exitStatus.software));
  return how;
}

function environmentWithoutSecrets(): Record<string, string | undefined> {
  const environment = { ...process.env };
  for (const variable of environmentVariables) if (variable.isSecret) delete environment[variable.name];
  return environment;
}
