import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import { chatPath } from "./target-headgate.ts";
import type { Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

/** What three limits add to a request. */
export const limitsWorkload: Workload = {
  name: "limits",
  title: "Three limits beside none",
  describe: ({ connections }) =>
    `Closed loop over ${connections} connections, JSON as in \`json\`, at two gateways of one process in turn, the one that begins changing by the round: one has no limits, one has three (requests in a fixed window, tokens in a sliding one, concurrency) that refuse nothing. Added is the difference within a round.`,
  async run(bench) {
    const targets = bench.targets.filter(({ name }) => name === "headgate");
    return resultOf(
      await measureRounds({ ...bench, targets }, (target, round) => measureLimits(bench.scale, { target, round })),
    );
  },
};

async function measureLimits(
  { connections, warmUpMs, windowMs }: RunScale,
  { target, round }: { readonly target: RunningTarget; readonly round: number },
): Promise<Figures> {
  const body = chatBody(jsonModel, false);
  let failures = 0;
  const usPerRequest = async (gatewayId: string): Promise<number> => {
    const load = { port: target.port, request: target.request(body, chatPath(gatewayId)), connections };
    await runClosedLoad({ ...load, durationMs: round === 0 ? warmUpMs * 2 : warmUpMs / 2 });
    const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
    failures += outcome.failures;
    return cpu.workerUs / outcome.requests;
  };
  const first = round % 2 === 0 ? await usPerRequest("default") : Number.NaN;
  const limited = await usPerRequest("limited");
  const plain = Number.isNaN(first) ? await usPerRequest("default") : first;
  return { cpuUsPerRequest: plain, limitedCpuUsPerRequest: limited, limitsCpuUsAdded: limited - plain, failures };
}
