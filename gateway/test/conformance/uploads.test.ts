import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { openRawClient, requestOnce } from "../support/raw-client.ts";
import type { RawClient } from "../support/raw-client.ts";
import { replayProviders } from "../support/recorded-route.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const plain = sampleExchange("openai-chat");
const megabyte = 1024 * 1024;
const files = "/v1/default/default/openai/files";
let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream({ exchanges: [plain] });
  gateway = await startGateway({ providers: replayProviders(upstream.url, []) });
});
afterEach(() => upstream.forget());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

async function begin(headerLines: readonly string[], target = files): Promise<RawClient> {
  const client = await openRawClient({ port: gateway.port });
  await client.request({
    method: "POST",
    target,
    headerLines: ["host: g", `x-replay-id: ${plain.id}`, ...headerLines],
  });
  return client;
}

function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** Bytes without a period that a lost or doubled piece could hide in. */
function unevenBytes(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = 1;
  for (let offset = 0; offset + 4 <= sizeBytes; offset += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, offset);
  }
  return bytes;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waits = 0; waits < 400; waits += 1) {
    if (condition()) return;
    await Bun.sleep(5);
  }
  throw new Error(`${what}: not within 2 s`);
}

describe("large uploads", () => {
  test("64 MB with a length stream through: the provider reads the first bytes before the client sent the last", async () => {
    const body = unevenBytes(64 * megabyte);
    const client = await begin([`content-length: ${body.length}`, "content-type: application/octet-stream"]);
    await client.send(body.subarray(0, megabyte));
    const received = await upstream.nextRequest();
    await until(() => received.bodySizeBytes === megabyte, "the first megabyte at the provider");
    expect(received.header("content-length")).toBe(String(body.length));
    expect(received.header("transfer-encoding")).toBeUndefined();
    for (let offset = megabyte; offset < body.length; offset += megabyte) {
      await client.send(body.subarray(offset, offset + megabyte));
    }
    const answer = await (await client.nextResponse()).whole();
    expect(answer.body.toString()).toBe(plain.response.body);
    expect([received.bodySizeBytes, received.bodySha256()]).toEqual([body.length, sha256(body)]);
    expect(gateway.records().at(-1)).toMatchObject({ requestSizeBytes: body.length, outcome: "complete" });
    client.close();
  }, 20_000);

  test("64 MB chunked stay chunked and arrive whole", async () => {
    const body = unevenBytes(64 * megabyte);
    const client = await begin(["transfer-encoding: chunked"]);
    let received: Awaited<ReturnType<ReplayUpstream["nextRequest"]>> | null = null;
    for (let offset = 0; offset < body.length; offset += megabyte) {
      const piece = body.subarray(offset, offset + megabyte);
      await client.send(`${piece.length.toString(16)}\r\n`);
      await client.send(piece);
      await client.send("\r\n");
      received ??= await upstream.nextRequest();
    }
    await client.send("0\r\n\r\n");
    expect((await client.nextResponse()).status).toBe(200);
    expect([received?.header("transfer-encoding"), received?.header("content-length")]).toEqual(["chunked", undefined]);
    expect([received?.bodySizeBytes, received?.bodySha256()]).toEqual([body.length, sha256(body)]);
    client.close();
  }, 20_000);

  test("a provider that reads slowly slows the client down", async () => {
    const client = await begin(["content-length: 80000000", "x-replay-read-pause-ms: 400"]);
    const received = await upstream.nextRequest();
    let isSent = false;
    const sending = client.send(Buffer.alloc(80_000_000)).then(() => (isSent = true));
    await Bun.sleep(250);
    expect([isSent, received.bodySizeBytes < megabyte]).toEqual([false, true]);
    await sending;
    expect((await client.nextResponse()).status).toBe(200);
    expect(received.bodySizeBytes).toBe(80_000_000);
    client.close();
  }, 20_000);

  test("a client that leaves in the middle of its upload takes the provider's connection with it", async () => {
    for (const framing of ["content-length: 5000000", "transfer-encoding: chunked"]) {
      upstream.forget();
      const client = await begin([framing]);
      await client.send(framing.startsWith("content") ? Buffer.alloc(megabyte) : "5\r\nhello\r\n");
      const received = await upstream.nextRequest();
      await until(() => received.bodySizeBytes > 0, "first bytes");
      client.close();
      expect(await upstream.nextAbort()).toBe(received);
      await until(() => gateway.records().at(-1)?.outcome === "client_aborted", "the record");
    }
  });

  test("an answer that comes before the upload ended reaches the client at once", async () => {
    const client = await begin(["content-length: 9000000", "x-replay-early: 1", "x-replay-status: 413"]);
    await client.send(Buffer.alloc(300_000));
    const live = await client.nextResponse();
    expect([live.status, (await live.whole()).body.toString()]).toEqual([413, plain.response.body]);
    client.close();
  });
});

describe("bodies of any kind", () => {
  test("multipart arrives byte for byte with its boundary", async () => {
    const boundary = "----form-b0undary";
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`),
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="é.wav"\r\n\r\n`),
      unevenBytes(700_000),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const lines = ["host: g", `x-replay-id: ${plain.id}`, `content-type: multipart/form-data; boundary=${boundary}`];
    const target = "/v1/default/default/openai/audio/transcriptions";
    const answer = await requestOnce(gateway.port, { method: "POST", target, headerLines: lines, body });
    const received = await upstream.nextRequest();
    expect(answer.status).toBe(200);
    expect(received.header("content-type")).toBe(`multipart/form-data; boundary=${boundary}`);
    expect(received.body().equals(body)).toBe(true);
  });

  test("sizes around every border arrive whole, with length and chunked", async () => {
    for (const sizeBytes of [
      0, 1, 4095, 4096, 16_384, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, 1_048_577, 4_194_305,
    ]) {
      const body = unevenBytes(sizeBytes);
      const headerLines = ["host: g", `x-replay-id: ${plain.id}`];
      await requestOnce(gateway.port, { method: "POST", target: files, headerLines, body });
      const framed = Buffer.concat([
        Buffer.from(sizeBytes === 0 ? "" : `${sizeBytes.toString(16)}\r\n`),
        body,
        Buffer.from(sizeBytes === 0 ? "0\r\n\r\n" : "\r\n0\r\n\r\n"),
      ]);
      const lines = [...headerLines, "transfer-encoding: chunked"];
      await requestOnce(gateway.port, { method: "POST", target: files, headerLines: lines, body: framed });
      for (const received of [await upstream.nextRequest(), await upstream.nextRequest()]) {
        expect([sizeBytes, received.bodySizeBytes]).toEqual([sizeBytes, sizeBytes]);
        expect(received.bodySha256()).toBe(sha256(body));
      }
    }
  }, 20_000);

  test("a chunked upload in the smallest pieces arrives whole", async () => {
    const client = await begin(["transfer-encoding: chunked"]);
    for (const byte of "1\r\na\r\n2;x=1\r\nbc\r\n0\r\nx-trailer: 1\r\n\r\n") {
      await client.send(byte);
      await Bun.sleep(1);
    }
    expect((await client.nextResponse()).status).toBe(200);
    expect((await upstream.nextRequest()).body().toString()).toBe("abc");
    client.close();
  });

  test("an encoded request body passes with its coding", async () => {
    const body = Buffer.from(Bun.gzipSync(Buffer.from('{"model":"gpt-4o-mini"}')));
    const headerLines = [
      "host: g",
      `x-replay-id: ${plain.id}`,
      "content-encoding: gzip",
      "content-type: application/json",
    ];
    await requestOnce(gateway.port, { method: "POST", target: files, headerLines, body });
    const received = await upstream.nextRequest();
    expect([received.header("content-encoding"), received.body().equals(body)]).toEqual(["gzip", true]);
  });
});

describe("expect: 100-continue", () => {
  test.each(["content-length: 5", "transfer-encoding: chunked"])(
    "with %s the client is told to go on",
    async (framing) => {
      const client = await begin(["expect: 100-continue", framing]);
      // An interim answer is only read while an answer is awaited.
      const response = client.nextResponse();
      await until(() => client.interim.length > 0, "100 (Continue)");
      expect(client.interim[0]?.startLine).toStartWith("HTTP/1.1 100");
      await client.send(framing.startsWith("content") ? "hello" : "5\r\nhello\r\n0\r\n\r\n");
      expect((await response).status).toBe(200);
      expect((await upstream.nextRequest()).body().toString()).toBe("hello");
      client.close();
    },
  );

  test("a client that does not wait is served as well", async () => {
    const client = await begin(["expect: 100-continue", "content-length: 5"]);
    await client.send("hello");
    expect((await client.nextResponse()).status).toBe(200);
    expect((await upstream.nextRequest()).body().toString()).toBe("hello");
    client.close();
  });
});

describe("methods and targets", () => {
  test.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "PROPFIND"])(
    "%s with and without a body",
    async (method) => {
      for (const body of [undefined, Buffer.from('{"name":"x"}')]) {
        const headerLines = ["host: g", `x-replay-id: ${plain.id}`, "content-type: application/json"];
        const request = { method, target: `${files}/file-1`, headerLines, ...(body === undefined ? {} : { body }) };
        const answer = await requestOnce(gateway.port, request);
        const received = await upstream.nextRequest();
        expect([answer.status, answer.body.toString()]).toEqual([200, plain.response.body]);
        expect([received.method, received.body().toString()]).toEqual([method, body?.toString() ?? ""]);
        const framing = received.header("content-length") ?? received.header("transfer-encoding");
        expect(framing).toBe((body === undefined ? undefined : String(body.length)) as never);
      }
    },
  );

  test.each([
    "?api-version=2024-10-21",
    "?",
    "?a=1&a=2&b=&c",
    "?q=%E6%9D%B1%2F%20+%C3%BC&x=[1]{2}|3^4`5",
    "?url=https://user:pw@example.com:8080/a/../b?c#d".replace("#d", "%23d"),
    "?a=b?c=d??",
    "?%",
    "?a=//../..&b=.%2e/",
  ])("the query %j arrives exactly as sent", async (query) => {
    const answer = await requestOnce(gateway.port, {
      method: "GET",
      target: `/v1/default/default/openai/models${query}`,
      headerLines: ["host: g", `x-replay-id: ${plain.id}`],
    });
    expect(answer.status).toBe(200);
    expect((await upstream.nextRequest()).target).toBe(`/at/openai/v1/models${query}`);
  });

  test.each([
    "models/a%2Fb:generate",
    "models/%e6%9d%b1",
    "a//b",
    "a;v=1/b,c",
    "m/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fx/invoke",
    "@cf/meta/llama-3-8b",
    "x/",
    "~user/(a)'!*$&+=:@",
  ])("the path %j arrives exactly as sent", async (path) => {
    const answer = await requestOnce(gateway.port, {
      method: "GET",
      target: `/v1/default/default/anthropic/${path}`,
      headerLines: ["host: g", `x-replay-id: ${plain.id}`],
    });
    expect(answer.status).toBe(200);
    expect((await upstream.nextRequest()).target).toBe(`/at/anthropic/${path}`);
  });
});
