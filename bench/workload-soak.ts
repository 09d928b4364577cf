import { upstreamCounts } from "./bench-context.ts";
import { slopeOf, spreadOver } from "./figures.ts";
import type { Figures, Point } from "./figures.ts";
import { runAbortLoad } from "./load-aborts.ts";
import { runClosedLoad } from "./load-closed.ts";
import { chatBody, jsonModel, streamModel } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";

const warmUpShare = 0.5;

/** The count is done in batches; after each the worker rests, so that garbage not yet collected is not taken for growth. */
const batches = 10;
const restMs = 1000;
const batchTimeoutMs = 15_000;
const abortConcurrency = 100;

/** Memory over very many requests and aborted streams, of this gateway only. */
export const soakWorkload: Workload = {
  name: "soak",
  title: "Memory over many requests and aborted streams",
  describe: ({ soakRequests, soakAborts }) =>
    `This gateway's worker over ${soakRequests} JSON requests, and afresh over ${soakAborts} streams that the client drops after their first chunk, each after ${warmUpShare * 100} % as many to warm up, in ${batches} batches. Growth is the slope, over the whole count, of a least-squares line through the resident memory ${restMs} ms after each batch; the greatest value is of samples taken under load.`,
  async run(bench) {
    const target = bench.targets.find(({ name }) => name === "headgate");
    if (target === undefined) return { rows: [], notes: ["this gateway took no part"] };
    const figures: Record<string, number> = {};
    for (const soak of [soakWithRequests, soakWithAborts]) {
      const running = await target.start(bench.context);
      try {
        Object.assign(figures, await soak(bench, running));
      } finally {
        await running.stop();
      }
    }
    return { rows: [{ target: "headgate", figures: spreadOver([figures]) }], notes: [] };
  },
};

async function soakWithRequests({ scale }: Bench, target: RunningTarget): Promise<Figures> {
  const load = {
    port: target.port,
    request: target.request(chatBody(jsonModel, false)),
    connections: scale.connections,
    durationMs: batchTimeoutMs,
  };
  const soak = await soakInBatches(target, {
    count: scale.soakRequests,
    doBatch: async (maxRequests, onProgress) => (await runClosedLoad({ ...load, maxRequests, onProgress })).requests,
  });
  return { soakedRequests: soak.done, ...growthFigures("requests", soak) };
}

async function soakWithAborts({ context, scale }: Bench, target: RunningTarget): Promise<Figures> {
  const load = {
    port: target.port,
    request: target.request(chatBody(streamModel(1000, 10), true)),
    concurrency: abortConcurrency,
    durationMs: batchTimeoutMs,
  };
  const before = await upstreamCounts(context);
  const soak = await soakInBatches(target, {
    count: scale.soakAborts,
    doBatch: async (aborts, onProgress) => (await runAbortLoad({ ...load, aborts, onProgress })).aborted,
  });
  const after = await upstreamCounts(context);
  return {
    abortedStreams: soak.done,
    abortsSeenUpstream: after.streamsAborted - before.streamsAborted - soak.warmedUp,
    streamsLeftOpenUpstream: after.streamsOpen,
    ...growthFigures("aborts", soak),
  };
}

interface SoakPlan {
  readonly count: number;
  /** Does that many and tells how many came to their end. */
  doBatch(count: number, onProgress: () => void): Promise<number>;
}

interface Soak {
  readonly done: number;
  readonly warmedUp: number;
  /** Resident memory at rest, by what was done until then. */
  readonly atRest: readonly Point[];
  readonly maxBytes: number;
}

async function soakInBatches(target: RunningTarget, { count, doBatch }: SoakPlan): Promise<Soak> {
  let maxBytes = 0;
  const sample = () => {
    maxBytes = Math.max(maxBytes, residentBytesOf(target.workerIds));
  };
  const warmedUp = await doBatch(count * warmUpShare, sample);
  await Bun.sleep(restMs);
  let done = 0;
  const atRest: Point[] = [{ x: 0, y: residentBytesOf(target.workerIds) }];
  for (let batch = 0; batch < batches; batch++) {
    done += await doBatch(count / batches, sample);
    await Bun.sleep(restMs);
    atRest.push({ x: done, y: residentBytesOf(target.workerIds) });
  }
  return { done, warmedUp, atRest, maxBytes };
}

function growthFigures(kind: "requests" | "aborts", { done, atRest, maxBytes }: Soak): Figures {
  const sizes = atRest.map(({ y }) => y);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const growthBytes = slopeOf(atRest) * done;
  return {
    [`${kind}RssFirstBytes`]: sizes[0] ?? Number.NaN,
    [`${kind}RssLastBytes`]: sizes.at(-1) ?? Number.NaN,
    [`${kind}RssMaxBytes`]: maxBytes,
    [`${kind}GrowthBytes`]: growthBytes,
    [`${kind}GrowthShare`]: growthBytes / mean,
  };
}
