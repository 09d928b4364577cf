import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { startStreams } from "./load-streams.ts";
import { chatBody, jsonModel, streamModel } from "./payloads.ts";
import { proportionalBytesOf, residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

/** A second apart and long enough never to end while they are counted. */
const eventsPerStream = 1000;
const intervalMs = 1000;
const rampMs = 2000;
const maxWaitMs = 10_000;
const warmUpRequests = 500;

/** Memory while many streams are open. */
export const memoryWorkload: Workload = {
  name: "memory",
  title: "Memory with open streams",
  describe: ({ openStreams }) =>
    `${openStreams} streams open at once, a chunk a second on each, after ${warmUpRequests} JSON requests; resident memory of the worker while all are open. In later rounds the process has held as many before.`,
  run: async (bench) => resultOf(await measureRounds(bench, (target) => measureMemory(bench, target))),
};

async function measureMemory({ scale }: Bench, target: RunningTarget): Promise<Figures> {
  const warmUp = { port: target.port, request: target.request(chatBody(jsonModel, false)), connections: 8 };
  await runClosedLoad({ ...warmUp, durationMs: maxWaitMs, maxRequests: warmUpRequests });
  const idleRssBytes = residentBytesOf(target.workerIds);
  const request = target.request(chatBody(streamModel(eventsPerStream, intervalMs), true));
  const streams = await startStreams({ port: target.port, request, streams: scale.openStreams, rampMs });
  try {
    const deadlineMs = performance.now() + maxWaitMs;
    while (streams.counts.open < scale.openStreams && performance.now() < deadlineMs) await Bun.sleep(20);
    await Bun.sleep(scale.warmUpMs);
    const workerRssBytes = residentBytesOf(target.workerIds) / target.workerIds.length;
    return {
      openStreams: streams.counts.open,
      workerRssBytes,
      workerPssBytes: proportionalBytesOf(target.workerIds) / target.workerIds.length,
      idleRssBytes: idleRssBytes / target.workerIds.length,
      restRssBytes: residentBytesOf(target.restIds),
      failures: streams.counts.failures,
    };
  } finally {
    streams.stop();
  }
}
