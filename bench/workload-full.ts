import { percentile } from "./figures.ts";
import type { Figures } from "./figures.ts";
import { lessDirect } from "./less-direct.ts";
import { runClosedLoad } from "./load-closed.ts";
import type { LoadRequest } from "./load-connection.ts";
import { runOpenLoad } from "./load-open.ts";
import { eventIntervalMs, eventsPerStream, measureStreams } from "./measure-streams.ts";
import { chatBody, countedRequest, faultyModel, jsonModel, streamModel } from "./payloads.ts";
import { residentBytesOf } from "./process-table.ts";
import type { RunScale } from "./scale.ts";
import type { RunningTarget } from "./target.ts";
import { directTarget } from "./target-direct.ts";
import { gatewayPath } from "./target-headgate.ts";
import { fullGatewayId, headgateFullTarget } from "./target-headgate-full.ts";
import type { Workload } from "./workload.ts";
import { measureRounds, resultOf, withCpuUse } from "./workload.ts";

const jsonBody = chatBody(jsonModel, false);
const streamBody = chatBody(streamModel(eventsPerStream, eventIntervalMs), true);

/** This gateway with everything on, beside nginx. */
export const fullWorkload: Workload = {
  name: "full",
  title: "Everything on",
  describe: ({ connections, streams, fewerRounds }) =>
    `A token on every request, a stored key, three limits (requests in a fixed window, tokens, concurrency), a budget, the cache, records with bodies, metrics, spans over OTLP to a sink that shares the load's core; ${fewerRounds} rounds. Every request differs by a number in its body, so that it is looked up, missed and stored. Closed loop over ${connections} connections: JSON as in \`json\`; the same request over and over (hits); a universal request whose first step fails with 500 and whose second answers. ${streams} streams as in \`stream\`. Then JSON at half the rate which this gateway just reached in the closed loop: time to the first byte of the body, less that without a gateway at the same rate.`,
  async run(bench) {
    const own = bench.targets.some(({ name }) => name === "headgate") ? [headgateFullTarget] : [];
    const peers = bench.targets.filter(({ name }) => name === "nginx");
    const { scale } = bench;
    let halfRate = Number.NaN;
    const rounds = await measureRounds(
      { ...bench, targets: [...own, directTarget, ...peers], scale: { ...scale, rounds: scale.fewerRounds } },
      async (target, round) => {
        const isOwn = target.name === "headgate-full";
        const closed = target.name === "direct" ? {} : await measureJson(scale, { target, round });
        if (isOwn) halfRate = ratedAt(closed, 0.5);
        const more = isOwn ? await measureOwn(scale, target) : {};
        const firstByte = Number.isNaN(halfRate) ? {} : await measureFirstByte(scale, { target, halfRate });
        return total({ ...closed, ...more, ...firstByte });
      },
    );
    return resultOf(lessDirect(rounds));
  },
};

interface Turn {
  readonly target: RunningTarget;
  readonly round: number;
}

async function measureJson(scale: RunScale, { target, round }: Turn): Promise<Figures> {
  const request = countedRequest(target.request(jsonBody));
  const { outcome, cpu } = await underLoad(scale, { target, request, warmUps: round === 0 ? 4 : 1 });
  const streams = await measureStreams(scale, target, countedRequest(target.request(streamBody)));
  return {
    cpuUsPerRequest: cpu.workerUs / outcome.requests,
    restCpuUsPerRequest: cpu.restUs / outcome.requests,
    requestsPerSecond: outcome.requests / (outcome.durationMs / 1000),
    closedP50Ms: percentile(outcome.latenciesMs, 0.5),
    closedP99Ms: percentile(outcome.latenciesMs, 0.99),
    cpuUsPerChunk: streams["cpuUsPerChunk"] ?? Number.NaN,
    restCpuUsPerChunk: streams["restCpuUsPerChunk"] ?? Number.NaN,
    workerRssBytes: residentBytesOf(target.workerIds),
    jsonFailures: outcome.failures,
    streamFailures: streams["failures"] ?? 0,
  };
}

/** What only this gateway can do: answer from the cache, and fall back. */
async function measureOwn(scale: RunScale, target: RunningTarget): Promise<Figures> {
  const hits = await underLoad(scale, { target, request: target.request(jsonBody), warmUps: 1 });
  const universal = target.request(universalBody(), gatewayPath(fullGatewayId));
  const fallbacks = await underLoad(scale, { target, request: countedRequest(universal), warmUps: 1 });
  return {
    hitCpuUsPerRequest: hits.cpu.workerUs / hits.outcome.requests,
    fallbackCpuUsPerRequest: fallbacks.cpu.workerUs / fallbacks.outcome.requests,
    hitFailures: hits.outcome.failures,
    fallbackFailures: fallbacks.outcome.failures,
  };
}

async function measureFirstByte(
  scale: RunScale,
  { target, halfRate }: { readonly target: RunningTarget; readonly halfRate: number },
): Promise<Figures> {
  const request = countedRequest(target.request(jsonBody));
  const load = { port: target.port, request, requestsPerSecond: halfRate };
  await runOpenLoad({ ...load, durationMs: scale.warmUpMs / 2 });
  const { firstBytesMs, failures } = await runOpenLoad({ ...load, durationMs: scale.windowMs });
  return {
    halfRate,
    halfFirstByteP50Ms: percentile(firstBytesMs, 0.5),
    halfFirstByteP99Ms: percentile(firstBytesMs, 0.99),
    halfFailures: failures,
  };
}

interface Load {
  readonly target: RunningTarget;
  readonly request: LoadRequest;
  /** Half warm-ups before it. */
  readonly warmUps: number;
}

async function underLoad({ connections, warmUpMs, windowMs }: RunScale, { target, request, warmUps }: Load) {
  const load = { port: target.port, request, connections };
  await runClosedLoad({ ...load, durationMs: (warmUps * warmUpMs) / 2 });
  return await withCpuUse(target, () => runClosedLoad({ ...load, durationMs: windowMs }));
}

function ratedAt(figures: Figures, share: number): number {
  return Math.round((figures["requestsPerSecond"] ?? Number.NaN) * share);
}

/** Adds the failures of all parts up. */
function total(figures: Figures): Figures {
  const entries = Object.entries(figures);
  const isFailures = (name: string) => name.endsWith("Failures");
  const failures = entries.filter(([name]) => isFailures(name)).reduce((sum, [, value]) => sum + value, 0);
  return { ...Object.fromEntries(entries.filter(([name]) => !isFailures(name))), failures };
}

function universalBody(): string {
  const step = (query: string) =>
    `{"provider":"openai","endpoint":"chat/completions","headers":{"content-type":"application/json"},"query":${query}}`;
  return `[${step(chatBody(faultyModel, false))},${step(jsonBody)}]`;
}
