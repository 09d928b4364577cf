import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { sizedChatBody } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import type { ResultRow, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

const connections = 4;

/** Chat calls of several sizes both ways. */
export const bodiesWorkload: Workload = {
  name: "bodies",
  title: "Bodies by size, the same both ways",
  describe: ({ fewerRounds }) =>
    `Closed loop over ${connections} connections; JSON both ways, usage at the end of the answer; ${fewerRounds} rounds.`,
  async run(bench) {
    const targets = bench.targets.filter(({ name }) => name === "headgate" || name === "nginx");
    const scale = { ...bench.scale, rounds: bench.scale.fewerRounds };
    const rows: ResultRow[] = [];
    const notes: string[] = [];
    for (const bytes of scale.bodyBytes) {
      const body = sizedChatBody(bytes);
      const result = resultOf(
        await measureRounds({ ...bench, scale, targets }, (target) => measureBodies(scale, { target, body })),
      );
      rows.push(...result.rows.map((row) => ({ ...row, variant: sizeName(bytes) })));
      notes.push(...result.notes.map((note) => `${sizeName(bytes)}: ${note}`));
    }
    return { rows, notes };
  },
};

/** `1 KB`, `10 MB`. */
function sizeName(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes / 1024} KB` : `${bytes / 1_048_576} MB`;
}

async function measureBodies(
  { warmUpMs, windowMs }: RunScale,
  { target, body }: { readonly target: RunningTarget; readonly body: string },
): Promise<Figures> {
  const load = { port: target.port, request: target.request(body), connections };
  await runClosedLoad({ ...load, durationMs: warmUpMs / 2 });
  const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
  return {
    cpuUsPerRequest: cpu.workerUs / outcome.requests,
    restCpuUsPerRequest: cpu.restUs / outcome.requests,
    requestsPerSecond: outcome.requests / (outcome.durationMs / 1000),
    workerShare: cpu.workerShare,
    closedP50Ms: percentile(outcome.latenciesMs, 0.5),
    workerRssBytes: residentBytesOf(target.workerIds),
    failures: outcome.failures,
  };
}
