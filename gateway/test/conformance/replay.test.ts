import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { compareReplay } from "../support/compare-replay.ts";
import { inParallel, keepClient } from "../support/kept-client.ts";
import type { KeptClient } from "../support/kept-client.ts";
import { findRecordings, readRecordings, recordedProviders } from "../support/recordings.ts";
import type { RecordedExchange } from "../support/recordings.ts";
import { startReplayPair } from "../support/replay-pair.ts";
import type { ReplayPair } from "../support/replay-pair.ts";
import { sampleExchanges } from "../support/samples.ts";

const concurrency = 32;
const recordings = findRecordings();
const providers = recordings === null ? [] : recordedProviders(recordings);
let pair: ReplayPair;
let clients: { direct: KeptClient; through: KeptClient }[];

beforeAll(async () => {
  pair = await startReplayPair();
  clients = Array.from({ length: concurrency }, () => {
    return { direct: keepClient(pair.upstream.port), through: keepClient(pair.gateway.port) };
  });
});
afterAll(async () => {
  for (const { direct, through } of clients) [direct, through].forEach((client) => client.close());
  await pair.stop();
});

/** Replays `exchanges` both ways; answers how many there were and every difference. */
async function replayAll(exchanges: AsyncIterable<RecordedExchange> | Iterable<RecordedExchange>) {
  const ways = { upstream: pair.upstream, recordOf: pair.gateway.recordOf };
  const differences: string[] = [];
  const unused = [...clients];
  let count = 0;
  await inParallel(exchanges, concurrency, {
    prepare: () => unused.pop() as (typeof clients)[number],
    async each(exchange, own) {
      const form = count % 2 === 0 ? "documented" : "client";
      count += 1;
      const compared = await compareReplay(exchange, { ...ways, ...own }, { form });
      differences.push(...compared.differences, ...outcomeDifferences(exchange, compared.record?.outcome));
    },
  });
  return { count, differences: differences.slice(0, 10), differenceCount: differences.length };
}

/** Whatever the provider said, it said it whole: the gateway may only find fault with what the answer itself says. */
function outcomeDifferences(exchange: RecordedExchange, outcome: string | undefined): string[] {
  const isSuccess = exchange.response.status < 300;
  const allowed = isSuccess ? ["complete", "truncated", "error_in_answer"] : ["complete"];
  return allowed.includes(outcome ?? "") ? [] : [`${exchange.provider} ${exchange.id}: outcome ${outcome}`];
}

test("hand-written samples of every dialect pass unchanged both ways", async () => {
  const result = await replayAll(sampleExchanges);
  expect(result).toEqual({ count: sampleExchanges.length, differences: [], differenceCount: 0 });
});

describe.skipIf(recordings === null)("recordings pass unchanged both ways", () => {
  test.each(providers)(
    "%s",
    async (provider) => {
      const result = await replayAll(readRecordings(recordings as string, provider));
      expect(result.count).toBeGreaterThan(0);
      expect(result).toEqual({ count: result.count, differences: [], differenceCount: 0 });
    },
    60_000,
  );

  test("connections are kept: few were needed for all of them", () => {
    const exchanges = pair.gateway.recordCount();
    expect(exchanges).toBeGreaterThan(5000);
    expect(pair.upstream.connectionCount()).toBeLessThan(4 * concurrency);
  });
});
