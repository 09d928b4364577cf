import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { startStreams } from "./load-streams.ts";
import { chatBody, streamModel } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

const eventsPerStream = 101;
const intervalMs = 10;

/** Streams of 101 events, 10 ms apart. */
export const streamWorkload: Workload = {
  name: "stream",
  title: `SSE streams of ${eventsPerStream} chunks, ${intervalMs} ms apart`,
  describe: ({ streams, warmUpMs }) =>
    `${streams} concurrent streams, begun one after the other over ${warmUpMs} ms and repeated on the same connections, so that their chunks fall on different milliseconds. The delay of a chunk is the time from the upstream's write to its arrival at the client, both of which share a core.`,
  run: async (bench) => resultOf(await measureRounds(bench, (target) => measureStreams(bench, target))),
};

async function measureStreams({ scale }: Bench, target: RunningTarget): Promise<Figures> {
  const request = target.request(chatBody(streamModel(eventsPerStream, intervalMs), true));
  const load = { port: target.port, request, streams: scale.streams, rampMs: scale.warmUpMs };
  const streams = await startStreams(load);
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
