import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { eventBorders } from "./event-borders.ts";
import { openRawClient, requestOnce } from "./raw-client.ts";
import { bodyBytes } from "./recordings.ts";
import { requestFor as ask } from "./request-for.ts";
import { startReplayUpstream } from "./replay-upstream.ts";
import type { ReplayUpstream } from "./replay-upstream.ts";
import { sampleExchange, sampleExchanges } from "./samples.ts";

const stream = sampleExchange("openai-chat-stream");
const plain = sampleExchange("openai-chat");
let upstream: ReplayUpstream;

beforeAll(() => {
  upstream = startReplayUpstream({ exchanges: sampleExchanges });
});
afterEach(() => upstream.forget());
afterAll(() => upstream.stop());

describe("controls", () => {
  test("split by size, at every byte, at an offset and by event leaves the same bytes in that many chunks", async () => {
    const body = bodyBytes(stream.response);
    const events = eventBorders(body, "text/event-stream").length;
    const expected = { "100": Math.ceil(body.length / 100), every: body.length, "at:7": 2, events };
    for (const [split, chunks] of Object.entries(expected)) {
      const client = await openRawClient({ port: upstream.port });
      await client.request(ask(stream, `x-replay-split: ${split}`));
      const answer = await (await client.nextResponse()).whole();
      expect(answer.body).toEqual(body);
      expect(answer.pieces).toHaveLength(chunks);
      client.close();
    }
  });

  test("slow pieces and delays take their time", async () => {
    const startedAtMs = performance.now();
    const slow = await requestOnce(
      upstream.port,
      ask(
        stream,
        "x-replay-split: events",
        "x-replay-slow-ms: 15",
        "x-replay-delay-ms: 30",
        "x-replay-first-byte-delay-ms: 40",
      ),
    );
    const firstAtMs = slow.pieces[0]?.atMs ?? 0;
    expect(slow.headAtMs - startedAtMs).toBeGreaterThanOrEqual(28);
    expect(firstAtMs - slow.headAtMs).toBeGreaterThanOrEqual(20);
    expect((slow.pieces.at(-1)?.atMs ?? 0) - firstAtMs).toBeGreaterThanOrEqual(10 * (slow.pieces.length - 1));
  });

  test("cuts end uncleanly with a prefix of the body, by close or reset, in every framing that shows it", async () => {
    const body = bodyBytes(stream.response);
    const borders = eventBorders(body, "text/event-stream");
    const byEvent = await requestOnce(upstream.port, ask(stream, "x-replay-cut-after-events: 2"));
    expect([byEvent.ending, byEvent.body]).toEqual(["closed_early", body.subarray(0, borders[1])]);
    const byBytes = await requestOnce(upstream.port, ask(plain, "x-replay-cut-after: 10"));
    expect([byBytes.ending, byBytes.body.length]).toEqual(["closed_early", 10]);
    const byReset = await requestOnce(upstream.port, ask(stream, "x-replay-cut-after: 10", "x-replay-cut-mode: reset"));
    expect([byReset.ending, byReset.body.length]).toEqual(["reset", 10]);
    const nothing = await requestOnce(upstream.port, ask(stream, "x-replay-cut-after-events: 0"));
    expect([nothing.ending, nothing.body.length]).toEqual(["closed_early", 0]);
  });

  test("framings", async () => {
    for (const exchange of [plain, stream]) {
      for (const framing of ["length", "chunked", "close"]) {
        const answer = await requestOnce(upstream.port, ask(exchange, `x-replay-framing: ${framing}`));
        expect([answer.ending, answer.body]).toEqual(["clean", bodyBytes(exchange.response)]);
        expect(answer.header("transfer-encoding")).toBe(framing === "chunked" ? "chunked" : undefined);
        expect(answer.header("content-length") !== undefined).toBe(framing === "length");
      }
    }
  });

  test("content codings", async () => {
    const decoders = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync, deflate: inflateSync };
    for (const [encoding, decode] of Object.entries(decoders)) {
      const answer = await requestOnce(upstream.port, ask(stream, `x-replay-encoding: ${encoding}`));
      expect(answer.header("content-encoding")).toBe(encoding);
      expect<Buffer>(decode(answer.body)).toEqual(bodyBytes(stream.response));
    }
  });

  test("corrupt turns over exactly one byte", async () => {
    const body = bodyBytes(plain.response);
    const answer = await requestOnce(upstream.port, ask(plain, "x-replay-corrupt: 5"));
    expect(answer.body[5]).toBe((body[5] as number) ^ 0xff);
    expect(Buffer.concat([answer.body.subarray(0, 5), answer.body.subarray(6)])).toEqual(
      Buffer.concat([body.subarray(0, 5), body.subarray(6)]),
    );
  });

  test("no answer at all: reset, close, hang", async () => {
    for (const [control, end] of [
      ["x-replay-reset: 1", "reset"],
      ["x-replay-close-before-head: 1", "closed"],
    ] as const) {
      const client = await openRawClient({ port: upstream.port });
      await client.request(ask(plain, control));
      await expect(client.nextResponse()).rejects.toThrow("without an answer");
      expect(await client.ended).toBe(end);
    }
    const waiting = await openRawClient({ port: upstream.port });
    await waiting.request(ask(plain, "x-replay-hang: 1"));
    await expect(waiting.nextResponse("POST", 60)).rejects.toThrow("nothing within");
    await expect(upstream.nextAbort(60)).rejects.toThrow("nothing within");
    await Bun.sleep(80);
    waiting.close();
    expect((await upstream.nextAbort()).target).toBe("/any?q=1");
  });

  test("garbage and giant heads", async () => {
    expect((await requestOnce(upstream.port, ask(plain, "x-replay-garbage: 1"))).ending).toBe("garbage");
    const giant = await requestOnce(upstream.port, ask(plain, "x-replay-head-bytes: 200000"));
    expect(giant.headerLines.join("\r\n").length).toBeGreaterThan(199_000);
    expect(giant.body).toEqual(bodyBytes(plain.response));
  });

  test("fails so many times per key, then answers", async () => {
    const controls = ["x-replay-fail-times: 2", "x-replay-fail-status: 429", "x-replay-retry-after: 3"];
    const statuses: unknown[] = [];
    for (let index = 0; index < 3; index += 1) {
      const answer = await requestOnce(upstream.port, ask(plain, ...controls));
      statuses.push([answer.status, answer.header("retry-after")]);
    }
    expect(statuses).toEqual([
      [429, "3"],
      [429, "3"],
      [200, undefined],
    ]);
    const other = await requestOnce(upstream.port, ask(plain, ...controls, "x-replay-fail-key: other"));
    expect(other.status).toBe(429);
    const reset = ask(plain, "x-replay-fail-times: 1", "x-replay-fail-mode: reset", "x-replay-fail-key: third");
    await expect(requestOnce(upstream.port, reset)).rejects.toThrow("reset");
    await upstream.nextRequest();
  });

  test("a made-up body of any size arrives, and stops where a client stops reading", async () => {
    const whole = await requestOnce(upstream.port, ask(plain, "x-replay-generate-bytes: 3000000"));
    expect([whole.body.length, whole.ending]).toEqual([3_000_000, "clean"]);
    upstream.forget();
    const client = await openRawClient({ port: upstream.port });
    await client.request(ask(plain, "x-replay-generate-bytes: 100000000"));
    await client.nextResponse();
    client.pause();
    await Bun.sleep(200);
    const received = await upstream.nextRequest();
    expect(received.sentBytes).toBeLessThan(50_000_000);
    expect(received.answered).toBe(false);
    client.reset();
    expect(await upstream.nextAbort()).toBe(received);
  });

  test("an early answer comes before the request's body", async () => {
    const client = await openRawClient({ port: upstream.port });
    const lines = ["host: u", `x-replay-id: ${plain.id}`, "content-length: 10", "x-replay-early: 1"];
    await client.request({ method: "POST", target: "/", headerLines: lines });
    expect((await client.nextResponse()).status).toBe(200);
    expect((await upstream.nextRequest()).bodySizeBytes).toBe(0);
    client.close();
  });

  test("a read pause holds a large upload back", async () => {
    const client = await openRawClient({ port: upstream.port });
    const lines = ["host: u", `x-replay-id: ${plain.id}`, "content-length: 60000000", "x-replay-read-pause-ms: 300"];
    await client.request({ method: "POST", target: "/", headerLines: lines });
    const received = await upstream.nextRequest();
    const sending = client.send(Buffer.alloc(60_000_000));
    await Bun.sleep(150);
    expect(received.bodySizeBytes).toBeLessThan(1_000_000);
    await sending;
    expect((await client.nextResponse()).status).toBe(200);
    expect(received.bodySizeBytes).toBe(60_000_000);
    expect(() => received.body()).toThrow("too large");
    client.close();
  });

  test("an unknown control is refused loudly", async () => {
    const lines: unknown[] = [];
    const printed = console.error;
    console.error = (...words: unknown[]) => void lines.push(...words);
    try {
      await expect(requestOnce(upstream.port, ask(plain, "x-replay-oops: 1"))).rejects.toThrow("without an answer");
      await Bun.sleep(20);
      expect(String(lines)).toContain("unknown control header x-replay-oops");
    } finally {
      console.error = printed;
    }
  });
});
