import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { comparableLines } from "../support/compare-replay.ts";
import { requestOnce } from "../support/raw-client.ts";
import type { RawRequest } from "../support/raw-client.ts";
import type { RawResponse } from "../support/raw-response.ts";
import type { ReceivedRequest } from "../support/received-request.ts";
import { replayProviders } from "../support/recorded-route.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const plain = sampleExchange("openai-chat");
const stream = sampleExchange("openai-chat-stream");
let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream();
  gateway = await startGateway({ providers: replayProviders(upstream.url, []) });
});
afterEach(() => upstream.forget());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

/** Sends a chat request with exactly these lines besides `host`; answers what came back and what arrived. */
async function send(
  lines: readonly string[],
  change: Partial<RawRequest> = {},
): Promise<{ answer: RawResponse; received: ReceivedRequest }> {
  const answer = await requestOnce(gateway.port, {
    method: "POST",
    target: "/v1/default/default/openai/chat/completions",
    headerLines: ["Host: gateway.test", ...lines],
    body: Buffer.from("{}"),
    ...change,
  });
  return { answer, received: await upstream.nextRequest() };
}

/** Lines that arrived besides `host` and the framing. */
function arrivedLines(received: ReceivedRequest): string[] {
  return comparableLines(received.headerLines).filter(
    (line) => !/^(?:host|content-length|transfer-encoding):/.test(line),
  );
}

describe("request fields", () => {
  test("nothing is added: a request with Host and body alone arrives with Host and length alone", async () => {
    upstream.route({ exchange: plain });
    const { received } = await send([]);
    expect(received.headerLines.map((line) => line.toLowerCase())).toEqual([
      `host: 127.0.0.1:${upstream.port}`,
      "content-length: 2",
    ]);
  });

  test("end-to-end fields arrive in order, repeated ones repeated, the vendor's and the client's own untouched", async () => {
    upstream.route({ exchange: plain });
    const lines = [
      "user-agent: OpenAI/JS 6.1.0",
      "authorization: Bearer sk-a",
      "x-stainless-lang: js",
      "openai-beta: assistants=v2",
      "x-twice: one",
      "accept: text/event-stream, application/json",
      "x-twice: two",
      "cookie: a=1; b=2",
      "x-empty:",
      "x-long: " + "v".repeat(8000),
    ];
    const { received } = await send(lines);
    expect(arrivedLines(received)).toEqual(comparableLines(lines));
  });

  test("hop-by-hop fields stay here, and those the connection field names", async () => {
    upstream.route({ exchange: plain });
    const { received } = await send([
      "connection: keep-alive, X-Mine, close",
      "x-mine: 1",
      "keep-alive: timeout=5",
      "proxy-connection: keep-alive",
      "proxy-authorization: Basic abc",
      "te: trailers",
      "upgrade: h2c",
      "x-kept: 1",
    ]);
    const names = received.headerLines.map((line) => (line.split(":")[0] ?? "").toLowerCase());
    expect(names.filter((name) => name !== "connection").toSorted()).toEqual(["content-length", "host", "x-kept"]);
    expect(received.header("connection") ?? "keep-alive").toBe("keep-alive");
  });

  test("the gateway's own fields are consumed, in any case, known or not", async () => {
    upstream.route({ exchange: plain });
    const { received } = await send([
      "cf-aig-authorization: Bearer secret",
      "CF-AIG-Metadata: {}",
      "cf-aig-collect-log: false",
      "cf-aig-cache-ttl: 3600",
      "cf-aig-max-attempts: 2",
      "cf-aig-of-tomorrow: 1",
      "cf-cache-ttl: 60",
      "cf-skip-cache: true",
      "cf-connecting-ip: 192.0.2.1",
    ]);
    expect(arrivedLines(received)).toEqual(["cf-connecting-ip: 192.0.2.1"]);
  });

  test("accept-encoding is neither added nor removed", async () => {
    upstream.route({ exchange: plain });
    expect((await send([])).received.header("accept-encoding")).toBeUndefined();
    for (const value of ["identity", "gzip;q=0.5, br", "*"]) {
      expect((await send([`accept-encoding: ${value}`])).received.header("accept-encoding")).toBe(value);
    }
  });

  test("bytes outside ASCII arrive as they were sent", async () => {
    upstream.route({ exchange: plain });
    const latin = Array.from({ length: 96 }, (_, index) => String.fromCharCode(0xa0 + index)).join("");
    const utf8 = Buffer.from("Zürich 東京 🏞️").toString("latin1");
    const { received } = await send([`x-latin: a${latin}b`, `x-utf8: ${utf8}`]);
    expect([received.header("x-latin"), received.header("x-utf8")]).toEqual([`a${latin}b`, utf8]);
  });

  test("the gateway's address does not leak: host is the provider's", async () => {
    upstream.route({ exchange: plain });
    const { received } = await send([]);
    expect(received.header("host")).toBe(`127.0.0.1:${upstream.port}`);
    expect(received.headerLines.join("\n")).not.toContain("gateway.test");
    expect(received.headerLines.join("\n").toLowerCase()).not.toMatch(/^(?:via|forwarded|x-forwarded-)/m);
  });
});

describe("answer fields", () => {
  test("the provider's come in order, set-cookie one by one, then the gateway's own", async () => {
    const headerLines = [
      "set-cookie: a=1; Path=/",
      "X-Custom: V",
      "set-cookie: b=2, c",
      "server: provider",
      "retry-after: 3",
    ];
    upstream.route({ exchange: plain, control: { headerLines } });
    const { answer } = await send([]);
    expect(answer.headers("set-cookie")).toEqual(["a=1; Path=/", "b=2, c"]);
    const names = answer.headerLines.map((line) => (line.split(":")[0] ?? "").toLowerCase());
    const own = names.filter((name) => name.startsWith("cf-aig-"));
    expect(own.toSorted()).toEqual([
      "cf-aig-attempts",
      "cf-aig-cache-status",
      "cf-aig-cost",
      "cf-aig-duration",
      "cf-aig-event-id",
      "cf-aig-log-id",
      "cf-aig-overhead",
      "cf-aig-request-id",
      "cf-aig-step",
      "cf-aig-tokens-in",
      "cf-aig-tokens-out",
      "cf-aig-trace-id",
    ]);
    expect(comparableLines(answer.headerLines).filter((line) => !line.startsWith("cf-aig-"))).toEqual([
      ...comparableLines(Object.entries(plain.response.headers).map(([name, value]) => `${name}: ${value}`)),
      "date: Sat, 01 Nov 2025 12:00:00 GMT",
      ...comparableLines(headerLines),
      `content-length: ${answer.body.length}`,
    ]);
  });

  test("a client's event id is echoed; without one event, request and log id are one", async () => {
    upstream.route({ exchange: plain });
    const given = (await send(["cf-aig-event-id: mine-1"])).answer;
    expect(given.header("cf-aig-event-id")).toBe("mine-1");
    const made = (await send([])).answer;
    expect(made.header("cf-aig-event-id")).toBe(made.header("cf-aig-log-id") as string);
    expect(made.header("cf-aig-request-id")).toBe(made.header("cf-aig-log-id") as string);
    expect(made.header("cf-aig-step")).toBe("0");
    expect(made.header("cf-aig-cache-status")).toBe("MISS");
    expect(gateway.recordOf(made.header("cf-aig-log-id") as string)?.traceId).toBe(
      made.header("cf-aig-trace-id") as string,
    );
  });

  test("a provider cannot speak in the gateway's name, nor pass on what concerns its connection alone", async () => {
    const headerLines = [
      "cf-aig-log-id: forged",
      "CF-AIG-Step: 7",
      "connection: keep-alive, x-internal",
      "keep-alive: timeout=5",
      "x-internal: 1",
      "proxy-authenticate: Basic",
    ];
    upstream.route({ exchange: plain, control: { headerLines } });
    const { answer } = await send([]);
    expect(answer.headers("cf-aig-log-id")).toHaveLength(1);
    expect(answer.header("cf-aig-log-id")).not.toBe("forged");
    expect(answer.headers("cf-aig-step")).toEqual(["0"]);
    expect([answer.header("x-internal"), answer.header("keep-alive")]).toEqual([undefined, undefined] as never);
  });

  test("an answer keeps its length, a stream stays chunked or becomes so, and a small JSON answer leaves in one piece", async () => {
    for (const exchange of [plain, stream]) {
      for (const framing of ["length", "chunked", "close"] as const) {
        upstream.forget();
        upstream.route({ exchange, control: { framing } });
        const { answer } = await send([]);
        const hasLength = framing === "length" || exchange === plain;
        const length = hasLength ? String(answer.body.length) : undefined;
        const coding = hasLength ? undefined : "chunked";
        expect([answer.ending, answer.body.length]).toEqual(["clean", Buffer.byteLength(exchange.response.body)]);
        expect([answer.header("content-length"), answer.header("transfer-encoding")]).toEqual([
          length,
          coding,
        ] as never);
      }
    }
  });

  test("bytes outside ASCII come back as the provider sent them", async () => {
    const value = `caf\xe9 \x80\xff ${Buffer.from("東京").toString("latin1")}`;
    upstream.route({ exchange: plain, control: { headerLines: [`x-place: ${value}`] } });
    expect((await send([])).answer.header("x-place")).toBe(value);
  });

  test("any status passes with its body", async () => {
    for (const status of [
      200, 201, 202, 203, 206, 207, 299, 300, 301, 302, 400, 401, 418, 422, 429, 451, 500, 503, 529, 599,
    ]) {
      upstream.forget();
      upstream.route({ exchange: plain, control: { status } });
      const { answer } = await send([]);
      expect([answer.status, answer.body.toString()]).toEqual([status, plain.response.body]);
    }
  });

  test("refusals carry the gateway's fields too", async () => {
    const answer = await requestOnce(gateway.port, {
      method: "POST",
      target: "/v1/default/default/nobody/chat/completions",
      headerLines: ["host: gateway.test"],
      body: Buffer.from("{}"),
    });
    expect(answer.status).toBe(400);
    expect(answer.header("cf-aig-request-id")).toBeDefined();
    expect(upstream.requests).toHaveLength(0);
  });
});

test("the short form reaches the default gateway; aliases reach their provider", async () => {
  upstream.route({ exchange: plain });
  for (const target of [
    "/openai/chat/completions",
    "/openai/v1/chat/completions",
    "/v1/default/default/xai/v1/responses",
  ]) {
    const { answer, received } = await send([], { target });
    expect(answer.status).toBe(200);
    const slug = target.includes("xai") ? "grok/v1/responses" : "openai/v1/chat/completions";
    expect(received.target).toBe(`/at/${slug}`);
  }
});
