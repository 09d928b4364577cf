import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import type { LoadRequest } from "./load-connection.ts";
import { startStreams } from "./load-streams.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import { withCpuUse } from "./workload.ts";

/** Events of each stream, and the time between two of them. */
export const eventsPerStream = 101;
export const eventIntervalMs = 10;

/** What concurrent streams cost a target and how late their chunks come. */
export async function measureStreams(scale: RunScale, target: RunningTarget, request: LoadRequest): Promise<Figures> {
  const streams = await startStreams({ port: target.port, request, streams: scale.streams, rampMs: scale.warmUpMs });
  try {
    await Bun.sleep(scale.warmUpMs / 2);
    streams.takeDelaysUs();
    const before = { ...streams.counts };
    const { cpu, outcome: tookMs } = await withCpuUse(target, async () => {
      const startedAtMs = performance.now();
      await Bun.sleep(scale.windowMs);
      return performance.now() - startedAtMs;
    });
    const events = streams.counts.events - before.events;
    const delaysUs = streams.takeDelaysUs();
    return {
      cpuUsPerChunk: cpu.workerUs / events,
      restCpuUsPerChunk: cpu.restUs / events,
      chunksPerSecond: events / (tookMs / 1000),
      workerShare: cpu.workerShare,
      chunkDelayP50Ms: percentile(delaysUs, 0.5) / 1000,
      chunkDelayP99Ms: percentile(delaysUs, 0.99) / 1000,
      workerRssBytes: residentBytesOf(target.workerIds),
      failures: streams.counts.failures,
    };
  } finally {
    streams.stop();
  }
}
