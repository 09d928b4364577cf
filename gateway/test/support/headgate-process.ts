import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

const mainPath = join(import.meta.dir, "../../src/main.ts");

/** How to run `headgate`. */
export interface RunOptions {
  readonly args?: readonly string[];
  /** Text of `headgate.yaml` in the working directory. */
  readonly yaml?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Working directory; a new one, which holds the data too, when absent. */
  readonly directory?: string;
  /** What it reads from stdin; nothing when absent. */
  readonly stdin?: string;
  /** Program to run in place of `main.ts`. */
  readonly program?: string;
  /** Executable that runs by itself, in place of a program for this runtime. */
  readonly executable?: string;
}

/** A `headgate` command that was started. */
export interface HeadgateProcess extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Lines of the log with this event, parsed. */
  readonly logged: (event: string) => Record<string, unknown>[];
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Exit status; fails when it takes longer than thirty seconds. */
  readonly exited: () => Promise<number>;
  /** Settles when `condition` gives something; fails after thirty seconds with all output. */
  readonly until: <Value>(condition: () => Value | undefined | null | false) => Promise<Value>;
}

/** Starts `headgate` with `args`, on a free port of 127.0.0.1 unless the environment says otherwise. */
export function runHeadgateProcess(options: RunOptions = {}): HeadgateProcess {
  const own = options.directory === undefined ? temporaryDirectory() : null;
  const directory = options.directory ?? (own?.path as string);
  if (options.yaml !== undefined) writeFileSync(join(directory, "headgate.yaml"), options.yaml);
  const command =
    options.executable === undefined ? [process.execPath, options.program ?? mainPath] : [options.executable];
  const child = Bun.spawn([...command, ...(options.args ?? [])], {
    cwd: directory,
    env: { ...ownEnvironment(), PORT: "0", ...options.environment },
    stdio: [options.stdin === undefined ? "ignore" : Buffer.from(options.stdin), "pipe", "pipe"],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const until: HeadgateProcess["until"] = (condition) =>
    waitFor(condition, () => `stdout:\n${stdout()}\nstderr:\n${stderr()}`);
  return {
    pid: child.pid,
    directory,
    stdout,
    stderr,
    logged: (event) => logLines(stderr()).filter((line) => line["event"] === event),
    kill: (signal) => child.kill(signal),
    async exited() {
      await until(() => child.exitCode !== null || child.signalCode !== null);
      return child.exited;
    },
    until,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(timer);
      own?.[Symbol.dispose]();
    },
  };
}

/** The address in the first-use panel, once it is printed. */
export function servedUrl(headgate: HeadgateProcess): Promise<string> {
  return headgate.until(() => /serves on (http:\S+)/.exec(headgate.stdout())?.[1]);
}

/** The credential by which the command line manages the gateway of a data directory, as a header; once it serves. */
export function localCredential(dataDirectory: string): { readonly authorization: string } {
  return { authorization: `Bearer ${readFileSync(join(dataDirectory, "cli.token"), "utf8").trim()}` };
}

/** Ids of the workers as logged at the start, in order. */
export function workerPids(headgate: HeadgateProcess): number[] {
  return headgate.logged("children_started")[0]?.["workers"] as number[];
}

/** Settles when `condition` gives something; fails after thirty seconds with `describe()`. */
export async function waitFor<Value>(
  condition: () => Value | undefined | null | false,
  describe: () => string,
): Promise<Value> {
  const deadlineMs = performance.now() + 30_000;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadlineMs) throw new Error(`waited thirty seconds in vain\n${describe()}`);
    await Bun.sleep(10);
  }
}

/** Whether a process with this id runs; one that has ended and awaits its parent's look does not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/stat`;
    return !existsSync(status) || !/\) Z /.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}

function collect(stream: ReadableStream<Uint8Array>): () => string {
  const decoder = new TextDecoder();
  let text = "";
  void (async () => {
    for await (const piece of stream) text += decoder.decode(piece, { stream: true });
  })();
  return () => text;
}

function logLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith('{"level"') && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Without the variables that would configure the gateway under test. */
function ownEnvironment(): Record<string, string | undefined> {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) if (/^(HOST|PORT|HEADGATE_.*)$/.test(name)) delete environment[name];
  return environment;
}
