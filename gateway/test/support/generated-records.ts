import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { sampleRecord } from "./sample-record.ts";

/** What the records of a generator look like. */
export interface TrafficShape {
  readonly seed: number;
  readonly fromMs: number;
  /** Distance between two records, on average. */
  readonly stepMs: number;
  readonly gateways: number;
  /** All models together; few are used much. */
  readonly models: number;
  readonly users: number;
  readonly accounts?: number;
}

/** A stream of numbers in [0, 1) that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Endless records of a plausible service, oldest first: skewed use of models and users, 4 % errors, log-normal times. */
export function* generatedRecords(shape: TrafficShape): Generator<ExchangeRecord> {
  const random = seededRandom(shape.seed);
  const skewed = (count: number): number => Math.floor(count * random() ** 3);
  let timeMs = shape.fromMs;
  for (let index = 0; ; index++) {
    timeMs += random() * 2 * shape.stepMs;
    yield generatedRecord({ index, timeMs, random, skewed, shape });
  }
}

interface Draw {
  readonly index: number;
  readonly timeMs: number;
  readonly random: () => number;
  readonly skewed: (count: number) => number;
  readonly shape: TrafficShape;
}

function generatedRecord({ index, timeMs, random, skewed, shape }: Draw): ExchangeRecord {
  const model = skewed(shape.models);
  const user = skewed(shape.users);
  const success = random() > 0.04;
  const isCached = success && random() < 0.1;
  const durationMs = Math.exp(6 + 1.2 * (random() + random() + random() - 1.5)) * (isCached ? 0.05 : 1);
  const statusCode = success ? 200 : [400, 429, 500][Math.floor(random() * 3)];
  const isRefused = statusCode === 429 && random() < 0.5;
  const inputTokens = Math.floor(random() * 4000);
  const isPriced = model % 7 !== 6;
  const hexTime = Math.floor(timeMs).toString(16).padStart(12, "0");
  const order = (index % 4096).toString(16).padStart(3, "0");
  const metadata = { team: `team-${skewed(12)}`, paid: user % 3 === 0, user: `u${user}` };
  return sampleRecord({
    id: `${hexTime.slice(0, 8)}-${hexTime.slice(8)}-7${order}-8000-${index.toString(16).padStart(12, "0")}`,
    accountId: `account-${index % (shape.accounts ?? 1)}`,
    gatewayId: `gateway-${skewed(shape.gateways)}`,
    createdAtMs: Math.floor(timeMs),
    provider: `provider-${model % 6}`,
    model: model === 0 && random() < 0.1 ? null : `model-${model}`,
    statusCode: statusCode as number,
    success,
    outcome: success ? "complete" : random() < 0.3 ? "superseded" : "complete",
    errorCode: isRefused ? 2003 : null,
    cacheStatus: isCached ? "HIT" : isRefused ? null : "MISS",
    durationMs,
    timeToFirstByteMs: success ? durationMs * random() : null,
    usage: success
      ? { inputTokens, outputTokens: Math.floor(random() * 900), inputCachedTokens: inputTokens >> 2 }
      : null,
    cost: success
      ? { state: isPriced ? "priced" : "unpriced", nanoUsd: isPriced ? inputTokens * 2500 : null, priceVersion: null }
      : { state: "none", nanoUsd: null, priceVersion: null },
    metadata: random() < 0.8 ? metadata : null,
    userKey: random() < 0.95 ? `user:u${user}` : null,
    tokenId: random() < 0.5 ? `t${user % 7}` : null,
    userAgent: `agent/${skewed(4)}`,
  });
}
