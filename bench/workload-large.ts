import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { sizedChatBody } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

const connections = 4;
const megabyte = 1_048_576;

/** Chat calls of 1 MB each way. */
export const largeWorkload: Workload = {
  name: "large",
  title: "1 MB request body, 1 MB answer",
  describe: () => `Closed loop over ${connections} connections; JSON both ways, usage at the end of the answer.`,
  run: async (bench) => {
    const body = sizedChatBody(megabyte);
    return resultOf(await measureRounds(bench, (target) => measureLarge(bench, { target, body })));
  },
};

async function measureLarge(
  { scale }: Bench,
  { target, body }: { readonly target: RunningTarget; readonly body: string },
): Promise<Figures> {
  const load = { port: target.port, request: target.request(body), connections };
  await runClosedLoad({ ...load, durationMs: scale.warmUpMs / 2 });
  const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: scale.windowMs }));
  return {
    cpuUsPerRequest: cpu.workerUs / outcome.requests,
    restCpuUsPerRequest: cpu.restUs / outcome.requests,
    requestsPerSecond: outcome.requests / (outcome.durationMs / 1000),
    workerShare: cpu.workerShare,
    closedP50Ms: percentile(outcome.latenciesMs, 0.5),
    closedP99Ms: percentile(outcome.latenciesMs, 0.99),
    workerRssBytes: residentBytesOf(target.workerIds),
    failures: outcome.failures,
  };
}
