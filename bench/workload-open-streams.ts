import { spreadOver } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { startStreams } from "./load-streams.ts";
import { chatBody, jsonModel, streamModel } from "./payloads.ts";
import { mostOpenFiles, proportionalBytesOf, residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import { workersTarget } from "./target-headgate.ts";
import type { Bench, ResultRow, Workload } from "./workload.ts";
import { withCpuUse } from "./workload.ts";

const workers = 2;
const eventsPerStream = 1000;
const slowIntervalMs = 1000;
/** Where few are open, so that there are enough chunks to time. */
const quickIntervalMs = 100;
const fewStreams = 100;
const streamsBegunPerMs = 1;
const maxWaitMs = 15_000;
const warmUpRequests = 500;
/** Descriptors that a process has use for beside streams. */
const otherFiles = 200;

/** Memory of the whole gateway, and CPU time per chunk, by how many streams are open. */
export const openStreamsWorkload: Workload = {
  name: "open-streams",
  title: "Open streams, all processes together",
  describe: ({ openStreamLevels, windowMs }) =>
    `${openStreamLevels.map((level) => level.toLocaleString("en-US")).join(", ")} streams open at once, each time on a gateway started afresh with ${workers} workers, after ${warmUpRequests} JSON requests: a chunk a second on each (ten a second with ${fewStreams} or fewer), watched for ${(windowMs * 2) / 1000} s. Memory of all processes together, supervisor and control process included: “all RSS” counts what they share once for each, “all PSS” once.`,
  async run(bench) {
    if (!bench.targets.some(({ name }) => name === "headgate"))
      return { rows: [], notes: ["this gateway took no part"] };
    const rows: ResultRow[] = [];
    const notes: string[] = [];
    for (const level of bench.scale.openStreamLevels) {
      const target = await workersTarget(workers, bench.context.cores.proxy).start(bench.context);
      try {
        const allowed = allowedStreams(bench, target);
        if (allowed.streams < level) notes.push(`${level.toLocaleString("en-US")} streams: ${allowed.reason}`);
        const figures = await measureOpenStreams(bench, { target, streams: Math.min(level, allowed.streams) });
        rows.push({
          target: "headgate",
          variant: `${level.toLocaleString("en-US")} streams`,
          figures: spreadOver([figures]),
        });
      } finally {
        await target.stop();
      }
    }
    return { rows, notes };
  },
};

/** How many streams the processes' descriptors are enough for: one for each at both ends, two in a worker. */
function allowedStreams({ context }: Bench, target: RunningTarget) {
  const ends = Math.min(...[process.pid, context.upstream.processId].map(mostOpenFiles)) - otherFiles;
  const perWorker = Math.min(...target.workerIds.map(mostOpenFiles)) - otherFiles;
  // Connections are not spread quite evenly over the workers.
  const inWorkers = Math.floor((perWorker / 2) * target.workerIds.length * 0.95);
  const streams = Math.min(ends, inWorkers);
  const which = ends < inWorkers ? "upstream and load generator" : `${target.workerIds.length} workers, two a stream,`;
  return { streams, reason: `the descriptors this machine allows ${which} are enough for ${streams} (ulimit -n)` };
}

async function measureOpenStreams(
  { scale }: Bench,
  { target, streams }: { readonly target: RunningTarget; readonly streams: number },
): Promise<Figures> {
  const warmUp = { port: target.port, request: target.request(chatBody(jsonModel, false)), connections: 8 };
  await runClosedLoad({ ...warmUp, durationMs: maxWaitMs, maxRequests: warmUpRequests });
  const intervalMs = streams <= fewStreams ? quickIntervalMs : slowIntervalMs;
  const request = target.request(chatBody(streamModel(eventsPerStream, intervalMs), true));
  const rampMs = Math.max(scale.warmUpMs, streams / streamsBegunPerMs);
  const running = await startStreams({ port: target.port, request, streams, rampMs });
  try {
    const deadlineMs = performance.now() + maxWaitMs;
    while (running.counts.open < streams && performance.now() < deadlineMs) await Bun.sleep(20);
    await Bun.sleep(scale.warmUpMs);
    const before = { ...running.counts };
    const startedAtMs = performance.now();
    const { cpu } = await withCpuUse(target, () => Bun.sleep(scale.windowMs * 2));
    const tookMs = performance.now() - startedAtMs;
    const events = running.counts.events - before.events;
    const allIds = [...target.workerIds, ...target.restIds];
    return {
      openStreams: running.counts.open,
      cpuUsPerChunk: cpu.workerUs / events,
      restCpuUsPerChunk: cpu.restUs / events,
      chunksPerSecond: events / (tookMs / 1000),
      workerShare: cpu.workerShare,
      allRssBytes: residentBytesOf(allIds),
      allPssBytes: proportionalBytesOf(allIds),
      workerRssBytes: residentBytesOf(target.workerIds) / target.workerIds.length,
      failures: running.counts.failures,
    };
  } finally {
    running.stop();
  }
}
