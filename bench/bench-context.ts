import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchOnce } from "./load-once.ts";
import { newProcessLedger, startProcess, stopAll } from "./started-process.ts";
import type { ProcessLedger, StartedProcess } from "./started-process.ts";
import type { UpstreamCounts } from "./upstream.ts";

/** Cores by role, as `taskset -c` takes them; null where processes cannot or should not be pinned. */
export interface CorePlan {
  readonly proxy: string | null;
  readonly load: string | null;
  /** Two cores for a proxy, neither of them that of the load; null where there are not so many. */
  readonly two: string | null;
  readonly all: string | null;
}

/** What every workload needs of its surroundings. */
export interface BenchContext {
  readonly ledger: ProcessLedger;
  readonly cores: CorePlan;
  readonly upstream: StartedProcess;
  readonly upstreamPort: number;
  /** A folder of this run's own, gone afterwards. */
  readonly folder: string;
  readonly projectRoot: string;
  /** Where this gateway's CPU profiles are written; null when none are asked for. */
  readonly profileFolder: string | null;
  /** Tells the person who waits what is going on. */
  say(text: string): void;
}

const startTimeoutMs = 5000;

/** Starts the upstream and makes the run's folder. End it with `closeContext`, also after an error. */
export async function openContext(
  cores: CorePlan,
  say: (text: string) => void,
  profileFolder: string | null = null,
): Promise<BenchContext> {
  const ledger = newProcessLedger();
  const upstream = startProcess(ledger, {
    command: [process.execPath, join(import.meta.dir, "upstream.ts")],
    cores: cores.load,
  });
  const upstreamPort = await portToldBy(upstream);
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const projectRoot = join(import.meta.dir, "..");
  return { ledger, cores, upstream, upstreamPort, folder, projectRoot, profileFolder, say };
}

/** Ends every process of the run and removes its folder. */
export async function closeContext(context: BenchContext): Promise<void> {
  await stopAll(context.ledger);
  rmSync(context.folder, { recursive: true, force: true });
}

/** What the upstream has seen so far. */
export async function upstreamCounts(context: BenchContext): Promise<UpstreamCounts> {
  const request = Buffer.from("GET /counts HTTP/1.1\r\nhost: upstream\r\n\r\n");
  return JSON.parse((await fetchOnce(context.upstreamPort, request, startTimeoutMs)).body) as UpstreamCounts;
}

async function portToldBy(upstream: StartedProcess): Promise<number> {
  const deadlineMs = performance.now() + startTimeoutMs;
  while (performance.now() < deadlineMs) {
    const port = /^listening (\d+)$/m.exec(upstream.output())?.[1];
    if (port !== undefined) return Number(port);
    await Bun.sleep(5);
  }
  await upstream.stop();
  throw new Error(`the benchmark's upstream did not start: ${upstream.output()}`);
}
