import { bodyConnections, measureBodies } from "./measure-bodies.ts";
import type { Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

const megabyte = 1_048_576;

/** Chat calls of 1 MB each way. */
export const largeWorkload: Workload = {
  name: "large",
  title: "1 MB request body, 1 MB answer",
  describe: () => `Closed loop over ${bodyConnections} connections; JSON both ways, usage at the end of the answer.`,
  run: async (bench) => resultOf(await measureRounds(bench, (target) => measureBodies(bench.scale, target, megabyte))),
};
