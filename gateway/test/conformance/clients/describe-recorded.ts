import { expect, test } from "bun:test";
import { findRecordings, readRecordings } from "../../support/recordings.ts";
import type { RecordedExchange } from "../../support/recordings.ts";
import { answerOf } from "./answers.ts";
import { callBothWays, classOf } from "./both-ways.ts";
import type { ClientContract, StreamedCall } from "./client-contract.ts";
import type { ClientWays } from "./client-ways.ts";

const recordedPerKind = 8;
const largestRecordedChars = 200_000;

/** Answers a client's calls with recorded bodies: it must read the same through the gateway as directly. Skips where there are none. */
export function describeRecorded(contract: ClientContract, ways: () => ClientWays): void {
  const recordings = findRecordings();
  test.skipIf(recordings === null)("recorded answers: the client reads the same as without a gateway", async () => {
    const { upstream } = ways();
    const chosen = await chooseRecorded(contract, recordings as string);
    expect(chosen.length).toBeGreaterThan(0);
    for (const exchange of chosen) {
      upstream.answer(() => answerOf(exchange));
      const { direct, through } = await callBothWays(ways(), (baseUrl) => readRecorded(contract, exchange, baseUrl));
      expect({ id: exchange.id, read: through }).toEqual({ id: exchange.id, read: direct } as never);
    }
  });
}

async function readRecorded(contract: ClientContract, exchange: RecordedExchange, baseUrl: string): Promise<unknown> {
  const { plain, stream } = contract;
  const pieces: unknown[] = [];
  try {
    if (!exchange.response.stream) return await plain.call(baseUrl);
    for await (const piece of await (stream as StreamedCall).open(baseUrl)) pieces.push(piece);
    return pieces;
  } catch (error) {
    // What a client cannot read without a gateway it need not read through one.
    return [...pieces, classOf(error as Error)];
  }
}

async function chooseRecorded(contract: ClientContract, recordings: string): Promise<RecordedExchange[]> {
  const { provider, plain, stream } = contract.recorded as NonNullable<ClientContract["recorded"]>;
  const chosen = { plain: [] as RecordedExchange[], stream: [] as RecordedExchange[] };
  for await (const exchange of readRecordings(recordings, provider)) {
    const { status, body, stream: isStream, encoding } = exchange.response;
    if (status !== 200 || body.length > largestRecordedChars || encoding !== "utf8") continue;
    if (isStream && contract.stream === null) continue;
    const isWanted = (isStream ? stream : plain).test(exchange.request.url);
    const kind = isStream ? chosen.stream : chosen.plain;
    if (isWanted && kind.length < recordedPerKind) kind.push(exchange);
  }
  return [...chosen.plain, ...chosen.stream];
}
