import type { Subprocess } from "bun";
import { processStat, processTree } from "./process-table.ts";
import type { ProcessStat } from "./process-table.ts";

/** A process that the benchmark started, with all that it started in turn. */
export interface StartedProcess {
  readonly processId: number;
  /** Ids of the process and everything below it, now. */
  treeIds(): number[];
  /** Everything it wrote so far, the last 4 KB. */
  output(): string;
  /** Ends the whole tree: first politely, then by force. Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** How to start a process. */
export interface StartOptions {
  readonly command: readonly string[];
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Cores it may run on, as `taskset -c` takes them; null leaves it free. */
  readonly cores: string | null;
}

const keptOutput = 4096;
const politeMs = 5000;

/** All processes of one run, so that one call ends whatever is left. */
export interface ProcessLedger {
  readonly running: Set<StartedProcess>;
}

/** A ledger without processes. */
export function newProcessLedger(): ProcessLedger {
  return { running: new Set() };
}

/** Starts a process and enters it in the ledger until it is stopped. */
export function startProcess(ledger: ProcessLedger, options: StartOptions): StartedProcess {
  const pinning = options.cores === null ? [] : ["taskset", "-c", options.cores];
  const child = Bun.spawn([...endsWithParent(), ...pinning, ...options.command], {
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
    env: { ...process.env, ...options.environment },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) text = (text + decoder.decode(bytes, { stream: true })).slice(-keptOutput);
  };
  collect(child.stdout).catch(() => {});
  collect(child.stderr).catch(() => {});
  const started: StartedProcess = {
    processId: child.pid,
    treeIds: () => processTree(child.pid).map((stat) => stat.processId),
    output: () => text,
    stop: async () => {
      await stopTree(child);
      ledger.running.delete(started);
    },
  };
  ledger.running.add(started);
  return started;
}

/** Where util-linux is, a process is told to end when this one dies, however that happens (prctl(2), PR_SET_PDEATHSIG). */
function endsWithParent(): readonly string[] {
  return Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "TERM"];
}

/** Ends everything in the ledger. */
export async function stopAll(ledger: ProcessLedger): Promise<void> {
  await Promise.all([...ledger.running].map((started) => started.stop()));
}

/** Ends everything in the ledger by force, at once; for the moment before this process itself ends. */
export function killAll(ledger: ProcessLedger): void {
  for (const started of ledger.running) signalEach(processTree(started.processId), "SIGKILL");
  ledger.running.clear();
}

async function stopTree(child: Subprocess): Promise<void> {
  // Children of a process that ends are handed to another parent: remember them before.
  const tree = processTree(child.pid);
  child.kill("SIGTERM");
  const deadlineMs = performance.now() + politeMs;
  while (tree.some(isAlive) && performance.now() < deadlineMs) await Bun.sleep(10);
  signalEach(tree, "SIGKILL");
  await child.exited;
}

function signalEach(tree: readonly ProcessStat[], signal: NodeJS.Signals): void {
  for (const stat of tree.filter(isAlive)) {
    try {
      process.kill(stat.processId, signal);
    } catch {
      // It ended between the look and the signal.
    }
  }
}

function isAlive(stat: ProcessStat): boolean {
  return processStat(stat.processId)?.startedAtTicks === stat.startedAtTicks;
}
