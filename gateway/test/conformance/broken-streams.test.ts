import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { openRawClient } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import type { RecordedExchange } from "../support/recordings.ts";
import { startReplayPair } from "../support/replay-pair.ts";
import type { ReplayPair } from "../support/replay-pair.ts";
import { sampleExchange } from "../support/samples.ts";
import { bordersOf, shortestStreams, streamedSamples } from "../support/stream-samples.ts";

const stream = sampleExchange("openai-chat-stream");
let pair: ReplayPair;
/** Our own streams, and of each recorded provider the shortest. */
let samples: readonly RecordedExchange[];

beforeAll(async () => {
  pair = await startReplayPair();
  samples = [...streamedSamples, ...(await shortestStreams(pair.recordings))];
}, 60_000);
afterEach(() => pair.upstream.forget());
afterAll(() => pair.stop());

describe("cut", () => {
  test("after every event: never a clean end, and the record says so", async () => {
    const faults: string[] = [];
    for (const exchange of samples) {
      const borders = bordersOf(exchange);
      const step = Math.max(1, Math.floor(borders.length / 24));
      for (let events = 0; events < borders.length; events += step) {
        for (const mode of ["close", "reset"]) faults.push(...(await cutFaults(exchange, events, mode)));
      }
    }
    expect(faults.slice(0, 20)).toEqual([]);
  }, 60_000);

  test("after the last event but before the end: nothing is lost and nothing is made up", async () => {
    for (const exchange of streamedSamples) {
      const client = await openRawClient({ port: pair.gateway.port });
      await client.request(pair.prepare(exchange, `x-replay-cut-after-events: ${bordersOf(exchange).length}`));
      const answer = await (await client.nextResponse()).whole();
      const body = bodyBytes(exchange.response);
      expect(answer.body.subarray(0, body.length)).toEqual(body);
      client.close();
    }
  });

  /** What is wrong with the gateway's answer to a stream that breaks off after so many events. */
  async function cutFaults(exchange: RecordedExchange, events: number, mode: string): Promise<string[]> {
    const where = `${exchange.provider} ${exchange.id} cut by ${mode} after ${events} events`;
    const client = await openRawClient({ port: pair.gateway.port });
    await client.request(pair.prepare(exchange, `x-replay-cut-after-events: ${events}`, `x-replay-cut-mode: ${mode}`));
    const answer = await (await client.nextResponse()).whole();
    client.close();
    const record = pair.gateway.recordOf(answer.header("cf-aig-log-id") ?? "");
    if (events === 0 && answer.status >= 400) {
      const isKnown = record?.outcome === "upstream_failed" || record?.outcome === "upstream_broken";
      return isKnown ? [] : [`${where}: recorded as ${record?.outcome}`];
    }
    const kept = bodyBytes(exchange.response).subarray(0, events === 0 ? 0 : bordersOf(exchange)[events - 1]);
    const faults: string[] = [];
    const shared = sharedPrefix(kept, answer.body);
    // A reset may overtake bytes that the kernel had not handed over yet; an orderly close may not.
    if (mode === "close" && shared !== kept.length) faults.push(`${where}: bytes differ from offset ${shared}`);
    const added = answer.body.subarray(shared).toString();
    if (added !== "" && !isErrorEvent(added)) faults.push(`${where}: adds ${JSON.stringify(added)}`);
    if (answer.ending === "clean" && added === "") faults.push(`${where}: ends cleanly`);
    if (record?.outcome !== "upstream_broken" && record?.outcome !== "truncated") {
      faults.push(`${where}: recorded as ${record?.outcome}`);
    }
    if (record?.success !== false) faults.push(`${where}: recorded as success`);
    return faults;
  }

  function sharedPrefix(left: Buffer, right: Buffer): number {
    let size = 0;
    while (size < left.length && size < right.length && left[size] === right[size]) size += 1;
    return size;
  }

  /** One SSE event or one JSON line that tells of an error, and nothing else. */
  function isErrorEvent(text: string): boolean {
    const data = /^(?:event: [\w.-]+\r?\n)?data: (\{.*\})\r?\n\r?\n$/.exec(text)?.[1] ?? text;
    try {
      return JSON.stringify(JSON.parse(data)).toLowerCase().includes('error"');
    } catch {
      return false;
    }
  }
});

describe("the client leaves", () => {
  test.each([
    ["while the provider thinks", ["x-replay-hang: 1"]],
    ["between head and body", ["x-replay-first-byte-delay-ms: 5000"]],
    ["in the middle of the stream", ["x-replay-split: events", "x-replay-slow-ms: 400"]],
  ])("%s: the provider is let go at once", async (_, lines) => {
    const client = await openRawClient({ port: pair.gateway.port });
    await client.request(pair.prepare(stream, ...lines));
    const received = await pair.upstream.nextRequest();
    if (lines.length === 2) await (await client.nextResponse()).nextPiece();
    else await Bun.sleep(50);
    const leftAtMs = performance.now();
    client.close();
    expect(await pair.upstream.nextAbort()).toBe(received);
    expect((received.abortedAtMs ?? Infinity) - leftAtMs).toBeLessThan(500);
    const left = (): boolean => pair.gateway.records().at(-1)?.outcome === "client_aborted";
    for (let waits = 0; waits < 100 && !left(); waits += 1) await Bun.sleep(5);
    expect(pair.gateway.records().at(-1)).toMatchObject({
      outcome: "client_aborted",
      success: false,
      provider: "openai",
    });
  });
});

describe("back-pressure", () => {
  test("a client that stops reading stops the provider, and gets every byte when it reads on", async () => {
    const client = await openRawClient({ port: pair.gateway.port });
    const sizeBytes = 120_000_000;
    await client.request(pair.prepare(stream, `x-replay-generate-bytes: ${sizeBytes}`));
    const live = await client.nextResponse();
    client.pause();
    await Bun.sleep(300);
    const received = await pair.upstream.nextRequest();
    expect(received.sentBytes).toBeLessThan(sizeBytes / 2);
    client.resume();
    const answer = await live.whole(30_000);
    expect([answer.ending, answer.body.length]).toEqual(["clean", sizeBytes]);
    client.close();
  }, 40_000);
});
