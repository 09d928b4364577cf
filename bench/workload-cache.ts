import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import type { RunningTarget } from "./target.ts";
import { chatPath } from "./target-headgate.ts";
import { bunServeTarget } from "./target-bun-serve.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

/** Answers out of the cache, beside misses and a server that does nothing. */
export const cacheWorkload: Workload = {
  name: "cache",
  title: "Cached answers, 1 KB in, 1 KB out",
  describe: ({ connections }) =>
    `Closed loop over ${connections} connections: one request over and over. Hits of a gateway with cache_ttl, each with its record written; misses are the same request on a gateway without a cache; an empty Bun.serve answers as many bytes.`,
  async run(bench) {
    const own = bench.targets.filter(({ name }) => name === "headgate");
    const rounds = await measureRounds({ ...bench, targets: [...own, bunServeTarget] }, (target, round) =>
      measureCache(bench, { target, round }),
    );
    return resultOf(rounds);
  },
};

async function measureCache(
  { scale }: Bench,
  { target, round }: { readonly target: RunningTarget; readonly round: number },
): Promise<Figures> {
  const { connections, warmUpMs, windowMs } = scale;
  const isOwn = target.name === "headgate";
  const body = chatBody(jsonModel, false);
  const request = target.request(body);
  const measure = async (bytes: Buffer) => {
    const load = { port: target.port, request: bytes, connections };
    await runClosedLoad({ ...load, durationMs: round === 0 ? warmUpMs * 2 : warmUpMs / 2 });
    return withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
  };
  const hits = await measure(isOwn ? target.request(body, chatPath("cached")) : request);
  const misses = isOwn ? await measure(request) : null;
  return {
    cpuUsPerRequest: hits.cpu.workerUs / hits.outcome.requests,
    ...(misses === null ? {} : { missCpuUsPerRequest: misses.cpu.workerUs / misses.outcome.requests }),
    requestsPerSecond: hits.outcome.requests / (hits.outcome.durationMs / 1000),
    failures: hits.outcome.failures + (misses?.outcome.failures ?? 0),
  };
}
