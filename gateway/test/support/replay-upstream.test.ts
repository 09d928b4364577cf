import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { makeCertificate } from "./make-certificate.ts";
import { openRawClient, requestOnce } from "./raw-client.ts";
import type { RawRequest } from "./raw-client.ts";
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

describe("plain replay", () => {
  test("every sample comes back with its status, header fields and body", async () => {
    for (const exchange of sampleExchanges) {
      const answer = await requestOnce(upstream.port, ask(exchange));
      expect(answer.status).toBe(exchange.response.status);
      expect(answer.ending).toBe("clean");
      expect(answer.body).toEqual(bodyBytes(exchange.response));
      for (const [name, value] of Object.entries(exchange.response.headers)) expect(answer.header(name)).toBe(value);
      const framing = exchange.response.stream ? "transfer-encoding" : "content-length";
      if (exchange.response.status !== 204) expect(answer.header(framing)).toBeDefined();
    }
  });

  test("what arrived is told: method, target, raw lines in order, body", async () => {
    const headerLines = ["HOST: upstream", `X-Replay-Id: ${plain.id}`, "x-two:  a ", "X-Two: \xe9"];
    await requestOnce(upstream.port, {
      method: "PATCH",
      target: "/a%2Fb?x=[1]&x",
      headerLines,
      body: Buffer.from("abc"),
    });
    const received = await upstream.nextRequest();
    expect(received).toMatchObject({ method: "PATCH", target: "/a%2Fb?x=[1]&x", answered: true, abortedAtMs: null });
    expect(received.headerLines).toEqual([...headerLines, "content-length: 3"]);
    expect(received.body().toString()).toBe("abc");
    expect(received.bodySha256()).toBe(new Bun.CryptoHasher("sha256").update("abc").digest("hex"));
    expect(upstream.takeRequest(plain.id)).toBe(received);
    expect(upstream.requests).toHaveLength(0);
  });

  test("several requests share a connection; connection: close ends it", async () => {
    const before = upstream.connectionCount();
    const client = await openRawClient({ port: upstream.port });
    for (const exchange of [plain, stream, sampleExchange("openai-file-deleted"), plain]) {
      await client.request(ask(exchange));
      expect((await (await client.nextResponse()).whole()).body).toEqual(bodyBytes(exchange.response));
    }
    expect(upstream.connectionCount()).toBe(before + 1);
    await client.request(ask(plain, "connection: close"));
    expect((await (await client.nextResponse()).whole()).ending).toBe("clean");
    expect(await client.ended).toBe("closed");
  });

  test("HEAD and 304 have no body, HEAD keeps the length", async () => {
    const head = await requestOnce(upstream.port, { ...ask(plain), method: "HEAD" });
    expect(head.header("content-length")).toBe(String(bodyBytes(plain.response).length));
    expect(head.body).toHaveLength(0);
    const unchanged = await requestOnce(upstream.port, ask(plain, "x-replay-status: 304"));
    expect([unchanged.status, unchanged.body.length, unchanged.ending]).toEqual([304, 0, "clean"]);
  });

  test("a chunked upload is counted piece by piece, with trailers; expect gets its 100", async () => {
    const client = await openRawClient({ port: upstream.port });
    const lines = ["host: u", `x-replay-id: ${plain.id}`, "expect: 100-continue", "transfer-encoding: chunked"];
    await client.request({ method: "POST", target: "/", headerLines: lines });
    const received = await upstream.nextRequest();
    await client.send("3;ext=1\r\nabc\r\n");
    while (received.bodySizeBytes < 3) await Bun.sleep(1);
    await client.send("2\r\nde\r");
    await client.send("\n0\r\nx-sum: 1\r\n\r\n");
    expect((await client.nextResponse()).status).toBe(200);
    expect(client.interim.map((head) => head.startLine)).toEqual(["HTTP/1.1 100 Continue"]);
    expect([received.body().toString(), ...received.trailers]).toEqual(["abcde", "x-sum: 1"]);
    client.close();
  });

  test("routes answer clients that send no control header; the newest wins; no match is 404", async () => {
    upstream.route({ exchange: stream });
    upstream.route({
      path: /^\/v1\//,
      method: "POST",
      exchange: plain,
      control: { status: 201, headerLines: ["x-a: 1"] },
    });
    const request = (method: string, target: string): RawRequest => ({ method, target, headerLines: ["host: u"] });
    const matched = await requestOnce(upstream.port, request("POST", "/v1/x?y"));
    expect([matched.status, matched.header("x-a")]).toEqual([201, "1"]);
    expect((await requestOnce(upstream.port, request("GET", "/v1/x"))).body).toEqual(bodyBytes(stream.response));
    upstream.forget();
    expect((await requestOnce(upstream.port, request("GET", "/v1/x"))).status).toBe(404);
  });
});

test("over TLS, for clients that trust its certificate", async () => {
  const certificate = makeCertificate();
  const secure = startReplayUpstream({ exchanges: [stream], tls: certificate });
  expect(secure.url).toStartWith("https://127.0.0.1:");
  const client = await openRawClient({ port: secure.port, ca: certificate.cert });
  await client.request(ask(stream, "x-replay-split: events"));
  expect((await (await client.nextResponse()).whole()).body).toEqual(bodyBytes(stream.response));
  client.close();
  const trusted = await fetch(`${secure.url}/`, {
    headers: { "x-replay-id": stream.id },
    tls: { ca: certificate.cert },
  });
  expect<Buffer>(Buffer.from(await trusted.arrayBuffer())).toEqual(bodyBytes(stream.response));
  await expect(fetch(`${secure.url}/`)).rejects.toThrow("certificate");
  const expired = makeCertificate({ notAfterMs: Date.now() - 1000 });
  const stale = startReplayUpstream({ exchanges: [stream], tls: expired });
  await expect(fetch(`${stale.url}/`, { tls: { ca: expired.cert } })).rejects.toThrow("expired");
  secure.stop();
  stale.stop();
});
