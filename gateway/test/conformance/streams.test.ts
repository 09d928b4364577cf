import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { inParallel, keepClient } from "../support/kept-client.ts";
import type { KeptClient } from "../support/kept-client.ts";
import { openRawClient } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import type { RecordedExchange } from "../support/recordings.ts";
import { startReplayPair } from "../support/replay-pair.ts";
import type { ReplayPair } from "../support/replay-pair.ts";
import { sampleExchange } from "../support/samples.ts";
import { bordersOf, shortestStreams, streamedSamples } from "../support/stream-samples.ts";

const concurrency = 16;
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

describe("split", () => {
  test("at every byte: the answer and what is read from it stay the same", async () => {
    for (const exchange of samples) {
      const whole = await pair.compare(exchange);
      const split = await pair.compare(exchange, { lines: ["x-replay-split: every"] });
      expect([...whole.differences, ...split.differences]).toEqual([]);
      // Nothing may have glued the bytes together again on the way.
      expect(split.through.pieces.length).toBeGreaterThan(split.through.body.length * 0.9);
      expect(split.record).toMatchObject({
        outcome: whole.record?.outcome as never,
        usage: (whole.record?.usage ?? null) as never,
        model: (whole.record?.model ?? null) as never,
      });
    }
  }, 60_000);

  test.each(streamedSamples.map((exchange) => [exchange.id, exchange] as const))(
    "in two at each offset of %s",
    async (_, exchange) => {
      const expected = await pair.compare(exchange);
      const offsets = Array.from({ length: bodyBytes(exchange.response).length - 1 }, (__, index) => index + 1);
      const differences: string[] = [];
      const clients: KeptClient[] = [];
      await inParallel(offsets, concurrency, {
        prepare() {
          clients.push(keepClient(pair.gateway.port));
          return clients.at(-1) as KeptClient;
        },
        async each(offset, client) {
          const answer = await client.exchange(pair.prepare(exchange, `x-replay-split: at:${offset}`));
          const record = pair.gateway.recordOf(answer.header("cf-aig-log-id") ?? "");
          if (!answer.body.equals(bodyBytes(exchange.response))) differences.push(`${offset}: body`);
          if (answer.ending !== "clean") differences.push(`${offset}: ended ${answer.ending}`);
          if (!Bun.deepEquals(record?.usage, expected.record?.usage)) {
            differences.push(`${offset}: usage ${JSON.stringify(record?.usage)}`);
          }
          if (record?.outcome !== expected.record?.outcome) differences.push(`${offset}: ${record?.outcome}`);
        },
      });
      for (const client of clients) client.close();
      expect(differences.slice(0, 10)).toEqual([]);
    },
    30_000,
  );

  test("each event leaves when it came, not later", async () => {
    const client = await openRawClient({ port: pair.gateway.port });
    await client.request(pair.prepare(stream, "x-replay-split: events", "x-replay-slow-ms: 60"));
    const answer = await (await client.nextResponse()).whole();
    const gaps = answer.pieces.slice(1).map((piece, index) => piece.atMs - (answer.pieces[index]?.atMs ?? 0));
    expect(answer.pieces.map((piece) => piece.bytes.length)).toEqual(
      bordersOf(stream).map((border, index, borders) => border - (borders[index - 1] ?? 0)),
    );
    expect(Math.min(...gaps)).toBeGreaterThan(20);
    client.close();
  });
});

describe("content codings", () => {
  const decoders = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync, deflate: inflateSync };

  test.each(Object.keys(decoders))("%s passes byte for byte, and is read all the same", async (encoding) => {
    for (const id of ["openai-chat", "openai-chat-stream", "anthropic-message-stream", "bedrock-converse-stream"]) {
      const exchange = sampleExchange(id);
      const lines = [`accept-encoding: ${encoding}`, `x-replay-encoding: ${encoding}`];
      const encoded = await pair.compare(exchange, { lines });
      expect(encoded.differences).toEqual([]);
      expect(encoded.through.header("content-encoding")).toBe(encoding);
      const decode = decoders[encoding as keyof typeof decoders];
      expect(Buffer.compare(decode(encoded.through.body), bodyBytes(exchange.response))).toBe(0);
      const plain = await pair.compare(exchange);
      expect(encoded.record?.usage).toEqual(plain.record?.usage as never);
      expect(plain.record?.usage?.outputTokens).toBeGreaterThan(0);
      const split = await pair.compare(exchange, { lines: [...lines, "x-replay-split: every"] });
      expect(split.differences).toEqual([]);
      expect(split.record?.usage).toEqual(plain.record?.usage as never);
    }
  });

  test("a coding that breaks in the middle passes like any other bytes", async () => {
    const broken = await pair.compare(sampleExchange("openai-chat-stream"), {
      lines: [
        "accept-encoding: gzip",
        "content-encoding: identity",
        "x-replay-encoding: gzip",
        "x-replay-cut-after: 40",
      ],
    });
    expect(broken.through.body).toEqual(broken.direct.body);
    expect(broken.through.ending).not.toBe("clean");
    expect(broken.record?.outcome).toBe("upstream_broken");
  });
});

describe("answers without a body", () => {
  test.each(["openai-chat", "openai-chat-stream"])("HEAD of %s", async (id) => {
    const head = await pair.compare(sampleExchange(id), { method: "HEAD" });
    expect(head.differences).toEqual([]);
    expect(head.through.body).toHaveLength(0);
    expect(head.through.header("content-length")).toBe(head.direct.header("content-length") as never);
  });

  test.each([204, 304])("%d", async (status) => {
    const answer = await pair.compare(sampleExchange("openai-chat"), { lines: [`x-replay-status: ${status}`] });
    expect(answer.differences).toEqual([]);
    expect([answer.through.status, answer.through.body.length]).toEqual([status, 0]);
  });

  test("an empty answer of known length and an empty stream end cleanly", async () => {
    for (const framing of ["length", "chunked"]) {
      const exchange = { ...stream, id: `empty-${framing}`, response: { ...stream.response, body: "" } };
      const answer = await pair.compare(exchange, { lines: [`x-replay-framing: ${framing}`] });
      expect(answer.differences).toEqual([]);
      expect(answer.through.body).toHaveLength(0);
    }
  });
});
