import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { sizedChatBody } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import { withCpuUse } from "./workload.ts";

/** Connections over which bodies of more than the usual size are sent. */
export const bodyConnections = 4;

/** What chat calls of about so many bytes both ways cost a target, in a closed loop. */
export async function measureBodies(
  { warmUpMs, windowMs }: RunScale,
  target: RunningTarget,
  bytes: number,
): Promise<Figures> {
  const request = target.request(sizedChatBody(bytes));
  const load = { port: target.port, request, connections: bodyConnections };
  await runClosedLoad({ ...load, durationMs: warmUpMs / 2 });
  const { outcome, cpu } = await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
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
