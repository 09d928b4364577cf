import { Counter, Histogram, type Registry } from "prom-client";
import type { ExchangeRecord } from "../../core/exchange.ts";
import type { TokenUsage } from "../../core/usage.ts";
import type { SeriesLabels } from "./series-labels.ts";

const seriesNames = ["gateway", "provider", "model", "status"];
const modelNames = ["gateway", "provider", "model"];

/** From a cache's answer to a model that thinks. */
const durationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const overheadBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1];

const tokenKinds: Readonly<Record<string, keyof TokenUsage>> = {
  input: "inputTokens",
  output: "outputTokens",
  cached_input: "inputCachedTokens",
  cache_creation_input: "inputCacheCreationTokens",
  reasoning_output: "outputReasoningTokens",
};

/** Registers what is counted of attempts, and answers the function that counts one. */
export function registerExchangeMetrics(registry: Registry): (record: ExchangeRecord, labels: SeriesLabels) => void {
  const metrics = createMetrics(registry);
  const addCost = registerCost(registry);
  return (record, { gateway, provider, model, status }) => {
    const byModel = { gateway, provider, model };
    const bySeries = { ...byModel, status };
    // A request begins with the first try of its first step; what follows are its other attempts.
    if (record.step === 0 && record.attempt === 1) metrics.requests.inc({ gateway });
    metrics.attempts.inc(bySeries);
    if (!record.success) metrics.errors.inc({ ...byModel, outcome: record.outcome });
    if (record.cacheStatus === "HIT") metrics.cacheHits.inc(byModel);
    metrics.duration.observe(bySeries, record.durationMs / 1000);
    metrics.overhead.observe({ gateway }, record.overheadMs / 1000);
    if (record.timeToFirstByteMs !== null) metrics.firstByte.observe(bySeries, record.timeToFirstByteMs / 1000);
    for (const [kind, member] of Object.entries(tokenKinds)) {
      const count = record.usage?.[member];
      if (typeof count === "number" && count > 0) metrics.tokens.inc({ ...byModel, type: kind }, count);
    }
    if (record.cost.state === "unpriced") metrics.unpriced.inc(byModel);
    if (record.cost.nanoUsd !== null) addCost(byModel, record.cost.nanoUsd);
  };
}

function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "headgate_requests_total",
      help: "Client requests, however many attempts they took.",
      labelNames: ["gateway"],
      registers,
    }),
    attempts: new Counter({
      name: "headgate_attempts_total",
      help: "Attempts at providers, and requests the gateway refused.",
      labelNames: seriesNames,
      registers,
    }),
    errors: new Counter({
      name: "headgate_errors_total",
      help: "Attempts that did not succeed, by how they ended.",
      labelNames: [...modelNames, "outcome"],
      registers,
    }),
    cacheHits: new Counter({
      name: "headgate_cache_hits_total",
      help: "Answers that came from the gateway's cache.",
      labelNames: modelNames,
      registers,
    }),
    tokens: new Counter({
      name: "headgate_tokens_total",
      help: "Tokens as the providers count them; cached_input and cache_creation_input are part of input, reasoning_output of output.",
      labelNames: [...modelNames, "type"],
      registers,
    }),
    unpriced: new Counter({
      name: "headgate_unpriced_attempts_total",
      help: "Attempts with usage for which there is no price.",
      labelNames: modelNames,
      registers,
    }),
    duration: new Histogram({
      name: "headgate_attempt_duration_seconds",
      help: "From the start of an attempt to its last byte.",
      labelNames: seriesNames,
      buckets: durationBuckets,
      registers,
    }),
    firstByte: new Histogram({
      name: "headgate_time_to_first_byte_seconds",
      help: "From the start of an attempt to the first byte of its answer's body.",
      labelNames: seriesNames,
      buckets: durationBuckets,
      registers,
    }),
    overhead: new Histogram({
      name: "headgate_overhead_seconds",
      help: "Time spent in the gateway itself.",
      labelNames: ["gateway"],
      buckets: overheadBuckets,
      registers,
    }),
  };
}

/** Sums are kept in whole nano-USD and turned into dollars when they are read, so that they do not drift. */
function registerCost(registry: Registry): (labels: Omit<SeriesLabels, "status">, nanoUsd: number) => void {
  const sums = new Map<string, { readonly labels: Omit<SeriesLabels, "status">; nanoUsd: number }>();
  const counter: Counter = new Counter({
    name: "headgate_cost_usd_total",
    help: "Cost in US dollars, of attempts with a price.",
    labelNames: modelNames,
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const { labels, nanoUsd } of sums.values()) counter.inc({ ...labels }, nanoUsd / 1e9);
    },
  });
  return (labels, nanoUsd) => {
    const key = JSON.stringify([labels.gateway, labels.provider, labels.model]);
    const sum = sums.get(key) ?? { labels, nanoUsd: 0 };
    sums.set(key, sum);
    // The type of a counter is upheld: a custom cost below zero would let it go down.
    sum.nanoUsd += Math.max(0, nanoUsd);
  };
}
