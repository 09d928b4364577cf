import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import { workersTarget } from "./target-headgate.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

const connectionsOverUsual = 2;

/** One and two workers. */
export const workersWorkload: Workload = {
  name: "workers",
  title: "One and two workers",
  describe: ({ connections, fewerRounds }) =>
    `Closed loop over ${connections * connectionsOverUsual} connections, JSON as in \`json\`, ${fewerRounds} rounds. CPU time per request is that of all workers together.`,
  async run(bench) {
    const isThere = bench.targets.some(({ name }) => name === "headgate");
    const { cores } = bench.context;
    const place = cores.two ?? cores.proxy;
    const targets = isThere ? [workersTarget(1, place), workersTarget(2, place)] : [];
    const scale = { ...bench.scale, rounds: bench.scale.fewerRounds };
    const rounds = await measureRounds({ ...bench, scale, targets }, (target, round) =>
      measureWorkers(scale, { target, round, hasCores: cores.two !== null }),
    );
    return resultOf(rounds, [arrangement(bench)]);
  },
};

function arrangement({ context: { cores } }: Bench): string {
  if (cores.two !== null)
    return `The gateway had cores ${cores.two} with one worker as with two; upstream and load generator shared core ${cores.load}.`;
  const place = cores.proxy === null ? "Nothing was pinned" : `All workers ran on core ${cores.proxy}`;
  return `${place}: this machine has no second core to give the gateway beside that of upstream and load generator, so that two workers' throughput could not be shown here, only what they spend on a request.`;
}

async function measureWorkers(
  { connections, warmUpMs, windowMs }: RunScale,
  { target, round, hasCores }: { readonly target: RunningTarget; readonly round: number; readonly hasCores: boolean },
): Promise<Figures> {
  const load = {
    port: target.port,
    request: target.request(chatBody(jsonModel, false)),
    connections: connections * connectionsOverUsual,
  };
  await runClosedLoad({ ...load, durationMs: round === 0 ? warmUpMs * 2 : warmUpMs / 2 });
  const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
  const requestsPerSecond = outcome.requests / (outcome.durationMs / 1000);
  return {
    workers: target.workerIds.length,
    cpuUsPerRequest: cpu.workerUs / outcome.requests,
    restCpuUsPerRequest: cpu.restUs / outcome.requests,
    workerShare: cpu.workerShare,
    // Of workers that share a core the sum says nothing.
    ...(hasCores ? { requestsPerSecond } : {}),
    failures: outcome.failures,
  };
}
