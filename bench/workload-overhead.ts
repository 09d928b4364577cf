import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { lessDirect } from "./less-direct.ts";
import { runOpenLoad } from "./load-open.ts";
import { chatBody, jsonModel, streamModel } from "./payloads.ts";
import type { RunningTarget } from "./target.ts";
import { directTarget } from "./target-direct.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

const requestsPerSecond = 100;

/** Time to first byte that a gateway adds when there is little to do. */
export const overheadWorkload: Workload = {
  name: "overhead",
  title: "Added time to first byte at low load",
  describe: () =>
    `${requestsPerSecond} requests a second, JSON and then streams of three chunks; time from sending the request to the first byte of the body, less the same percentile of the same round without a gateway.`,
  async run(bench) {
    const withDirect = { ...bench, targets: [directTarget, ...bench.targets] };
    const rounds = await measureRounds(withDirect, (target, round) => measureFirstBytes(bench, { target, round }));
    return resultOf(lessDirect(rounds));
  },
};

async function measureFirstBytes(
  { scale }: Bench,
  { target, round }: { readonly target: RunningTarget; readonly round: number },
): Promise<Figures> {
  const open = { port: target.port, requestsPerSecond };
  const json = { ...open, request: target.request(chatBody(jsonModel, false)) };
  const stream = { ...open, request: target.request(chatBody(streamModel(3, 5), true)) };
  const warmUpMs = round === 0 ? scale.warmUpMs : scale.warmUpMs / 4;
  const warmUps = [
    await runOpenLoad({ ...json, durationMs: warmUpMs }),
    await runOpenLoad({ ...stream, durationMs: warmUpMs }),
  ];
  const jsonOutcome = await runOpenLoad({ ...json, durationMs: scale.windowMs });
  const streamOutcome = await runOpenLoad({ ...stream, durationMs: scale.windowMs });
  return {
    jsonFirstByteP50Ms: percentile(jsonOutcome.firstBytesMs, 0.5),
    jsonFirstByteP99Ms: percentile(jsonOutcome.firstBytesMs, 0.99),
    streamFirstByteP50Ms: percentile(streamOutcome.firstBytesMs, 0.5),
    streamFirstByteP99Ms: percentile(streamOutcome.firstBytesMs, 0.99),
    failures: [...warmUps, jsonOutcome, streamOutcome].reduce((sum, { failures }) => sum + failures, 0),
  };
}
