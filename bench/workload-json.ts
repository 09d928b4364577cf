import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { runOpenLoad } from "./load-open.ts";
import type { OpenOutcome } from "./load-open.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, CpuUse, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

/** Rates of the open loop; the lower one is within reach of all targets. */
const slowRate = 300;
const fastRate = 3000;

/** A rate is only offered to a target that managed clearly more in the closed loop. */
const fastRateHeadroom = 1.2;

/** Chat calls of about 1 KB each way. */
export const jsonWorkload: Workload = {
  name: "json",
  title: "JSON chat, 1 KB in, 1 KB out with usage",
  describe: ({ connections }) =>
    `Closed loop over ${connections} connections for CPU time and throughput; open loop at ${slowRate} and ${fastRate} requests a second for latency (the latter only for targets that reach it), with the CPU time per request at that rate: a busier gateway finds more requests waiting at each turn and spends less on each.`,
  run: async (bench) => {
    const request = chatBody(jsonModel, false);
    const rounds = await measureRounds(bench, (target, round) => measureJson({ bench, target, round, body: request }));
    return resultOf(rounds);
  },
};

interface Turn {
  readonly bench: Bench;
  readonly target: RunningTarget;
  readonly round: number;
  readonly body: string;
}

async function measureJson({ bench, target, round, body }: Turn): Promise<Figures> {
  const { connections, warmUpMs, windowMs } = bench.scale;
  const closed = { port: target.port, request: target.request(body), connections };
  await runClosedLoad({ ...closed, durationMs: round === 0 ? warmUpMs * 2 : warmUpMs / 2 });
  const recordsBefore = folderBytes(target.dataDirectory);
  const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...closed, durationMs: windowMs }));
  const requestsPerSecond = outcome.requests / (outcome.durationMs / 1000);
  const open = { port: target.port, request: closed.request, durationMs: windowMs };
  const recordBytes = folderBytes(target.dataDirectory) - recordsBefore;
  const slow = await runOpenLoad({ ...open, requestsPerSecond: slowRate });
  const isFast = requestsPerSecond > fastRate * fastRateHeadroom;
  const fast = isFast ? await withCpuUse(target, () => runOpenLoad({ ...open, requestsPerSecond: fastRate })) : null;
  return {
    cpuUsPerRequest: cpu.workerUs / outcome.requests,
    restCpuUsPerRequest: cpu.restUs / outcome.requests,
    requestsPerSecond,
    workerShare: cpu.workerShare,
    closedP50Ms: percentile(outcome.latenciesMs, 0.5),
    closedP99Ms: percentile(outcome.latenciesMs, 0.99),
    slowP50Ms: percentile(slow.latenciesMs, 0.5),
    slowP99Ms: percentile(slow.latenciesMs, 0.99),
    ...(fast === null ? {} : fastFigures(fast)),
    workerRssBytes: residentBytesOf(target.workerIds),
    ...(target.dataDirectory === null ? {} : { recordBytesPerRequest: recordBytes / outcome.requests }),
    failures: outcome.failures + slow.failures + (fast?.outcome.failures ?? 0),
  };
}

function fastFigures({ outcome, cpu }: { readonly outcome: OpenOutcome; readonly cpu: CpuUse }): Figures {
  return {
    fastCpuUsPerRequest: cpu.workerUs / outcome.requests,
    fastP50Ms: percentile(outcome.latenciesMs, 0.5),
    fastP99Ms: percentile(outcome.latenciesMs, 0.99),
  };
}

/** Bytes in a folder and all below it; 0 when there is none. */
function folderBytes(folder: string | null): number {
  if (folder === null) return 0;
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0;
  }
}
