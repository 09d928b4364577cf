import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { openRawClient } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const maxBodyBytes = 200_000;
const chat = "/v1/default/default/openai/chat/completions";
let upstream: ReplayUpstream;
/** A host that no request may ever reach, whatever it says. */
let stranger: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream();
  stranger = startReplayUpstream();
  gateway = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    limits: { max_body_bytes: maxBodyBytes },
    timeouts: { client_head_ms: 300 },
  });
});
afterEach(() => {
  expect(upstream.requests.map((request) => request.target)).toEqual([]);
  expect(stranger.connectionCount()).toBe(0);
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
  stranger.stop();
});

interface Refusal {
  readonly status: number;
  readonly code: unknown;
  readonly path: unknown;
  readonly message: string;
  readonly ending: string;
  /** Whether the gateway ended the connection after its answer. */
  readonly isClosed: boolean;
}

/** What the gateway answers to these bytes; `{stranger}` stands for the host and port nobody may reach. */
async function send(bytes: string | Uint8Array, method = "GET"): Promise<Refusal> {
  const client = await openRawClient({ port: gateway.port });
  const filled = typeof bytes === "string" ? bytes.replaceAll("{stranger}", `127.0.0.1:${stranger.port}`) : bytes;
  client.send(filled).catch(() => {});
  const answer = await (await client.nextResponse(method, 3000)).whole(3000);
  const closeWithinMs = answer.header("connection") === "close" ? 2000 : 5;
  const isClosed = await Promise.race([client.ended.then(() => true), Bun.sleep(closeWithinMs).then(() => false)]);
  client.close();
  const body = JSON.parse(answer.body.toString()) as Record<string, never>;
  return {
    status: answer.status,
    code: body["internalCode"],
    path: (body["details"] as Record<string, unknown> | undefined)?.["path"],
    message: body["message"] ?? "",
    ending: answer.ending,
    isClosed,
  };
}

const post = (...lines: string[]): string => [`POST ${chat} HTTP/1.1`, "host: a", ...lines, "", ""].join("\r\n");
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nhost: a\r\n\r\n`;

describe("malformed HTTP and shapes used for smuggling: refused, and the connection ends", () => {
  const chunk = "5\r\nhello\r\n0\r\n\r\n";
  const smuggled = `GET ${chat} HTTP/1.1\r\nhost: a\r\n\r\n`;
  test.each<readonly [string, string]>([
    ["two lengths", `${post("content-length: 5", "content-length: 6")}hello!`],
    ["the same length twice", `${post("content-length: 5", "content-length: 5")}hello`],
    ["a list of lengths", `${post("content-length: 5, 5")}hello`],
    ["a signed length", `${post("content-length: +5")}hello`],
    ["length and chunked", `${post("content-length: 5", "transfer-encoding: chunked")}${chunk}${smuggled}`],
    ["chunked and length", `${post("transfer-encoding: chunked", "content-length: 5")}${chunk}${smuggled}`],
    ["chunked twice", post("transfer-encoding: chunked", "transfer-encoding: chunked") + chunk],
    ["chunked, identity", post("transfer-encoding: chunked, identity") + chunk],
    ["identity", `${post("transfer-encoding: identity", "content-length: 5")}hello`],
    ["xchunked", post("transfer-encoding: xchunked") + chunk],
    ["gzip, chunked", post("transfer-encoding: gzip, chunked") + chunk],
    ["chunked behind a vertical tab", post("transfer-encoding: \u000bchunked") + chunk],
    ["chunked behind a line feed", post("transfer-encoding:\nchunked") + chunk],
    ["chunked in HTTP/1.0", `POST ${chat} HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`],
    ["space before the colon", `${post("content-length : 5")}hello`],
    ["folded line", post("x-a: b", " content-length: 5")],
    ["folded by tab", post("x-a: b", "\tcontent-length: 5")],
    ["bare CR in a value", post("x-a: b\rcontent-length: 5")],
    ["bare CR at the end of a value", post("x-a: b\r")],
    ["bare LF in a value", post("x-a: b\ncontent-length: 5")],
    ["NUL in a value", post("x-a: b\0c")],
    ["NUL in a name", post("x-a\0: b")],
    ["control character in a value", post("x-a: b\u0001c")],
    ["no colon", post("nonsense")],
    ["two hosts", post("host: {stranger}")],
    ["no host", `GET ${chat} HTTP/1.1\r\n\r\n`],
    ["three spaces in the request line", `GET  ${chat}  HTTP/1.1\r\nhost: a\r\n\r\n`],
    ["space in the target", get(`${chat} /x`)],
    ["CR in the target", get(`${chat}\r/x`)],
    ["byte outside ASCII in the target", get(`${chat}\u00e9`)],
    ["chunk size that is no number", `${post("transfer-encoding: chunked")}zz\r\nhello\r\n0\r\n\r\n`],
    ["chunk longer than its size", `${post("transfer-encoding: chunked")}2\r\nhello\r\n0\r\n\r\n`],
    ["chunk size with bare LF", `${post("transfer-encoding: chunked")}5\nhello\r\n0\r\n\r\n`],
    ["chunk size of 2^60", `${post("transfer-encoding: chunked")}1000000000000000\r\nhello\r\n0\r\n\r\n`],
    ["bare CR in a trailer", `${post("transfer-encoding: chunked")}0\r\nx-a: b\rc\r\n\r\n`],
    ["absolute form", get(`http://{stranger}${chat}`)],
    ["absolute form in capitals", get(`HTTP://{stranger}${chat}`)],
    ["two leading slashes", get(`//{stranger}${chat}`)],
    ["CONNECT", "CONNECT {stranger} HTTP/1.1\r\nhost: {stranger}\r\n\r\n"],
    ["asterisk form", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"],
    ["HTTP/0.9 with an empty line", `GET ${chat}\r\n\r\n`],
    ["HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["HTTP/1.2", `GET ${chat} HTTP/1.2\r\nhost: a\r\n\r\n`],
    ["TLS hello", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003"],
    ["noise", `${Array.from({ length: 300 }, (_, index) => String.fromCharCode((index * 7) % 256)).join("")}\r\n\r\n`],
  ])("%s", async (_, bytes) => {
    expect(await send(bytes)).toMatchObject({ status: 400, code: 9001, ending: "clean", isClosed: true });
  });

  test.each([
    ["HTTP/0.9 without an empty line", `GET ${chat}\r\n`],
    ["line feeds only", `GET ${chat} HTTP/1.1\nhost: a\n\n`],
    ["an unfinished head", `GET ${chat} HTTP/1.1\r\nhost: a\r\n`],
  ])("%s: the wait for the rest ends", async (_, bytes) => {
    expect(await send(bytes)).toMatchObject({ status: 408, code: 9003, isClosed: true });
  });

  test("what follows a refused request is not taken for a request", async () => {
    const client = await openRawClient({ port: gateway.port });
    await client.send(`${post("content-length: 5", "transfer-encoding: chunked")}0\r\n\r\n${get("/healthz")}`);
    await (await client.nextResponse()).whole();
    expect(client.nextResponse("GET", 1000)).rejects.toThrow("without an answer");
    expect(await client.ended).not.toBe("here");
    client.close();
  });

  test("a request in pieces of one byte is refused like a whole one", async () => {
    const client = await openRawClient({ port: gateway.port });
    for (const character of post("content-length: 5", "content-length: 6")) await client.send(character);
    expect((await client.nextResponse()).status).toBe(400);
    client.close();
  });
});

describe("sizes", () => {
  test("a header block of 64 KiB passes, one byte more does not", async () => {
    const room = 65_536 - `GET /healthz HTTP/1.1\r\nhost: a\r\nx: \r\n\r\n`.length;
    const request = (fill: number): string => `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(fill)}\r\n\r\n`;
    expect((await send(request(room))).status).toBe(200);
    expect(await send(request(room + 1))).toMatchObject({ status: 431, code: 9002, isClosed: true });
  });

  test.each([
    ["one endless line", "a".repeat(500_000)],
    ["endless fields", "x-a: b\r\n".repeat(60_000)],
    ["an endless target", "\0"],
  ])("a header block of %s", async (_, text) => {
    const bytes = text === "\0" ? `GET /${"a".repeat(500_000)}` : `GET ${chat} HTTP/1.1\r\nhost: a\r\n${text}`;
    expect(await send(bytes)).toMatchObject({ status: 431, code: 9002, isClosed: true });
  });

  test("a declared body over the limit", async () => {
    expect(await send(post(`content-length: ${maxBodyBytes + 1}`))).toMatchObject({ status: 413, code: 3006 });
    expect(await send(post("content-length: 999999999999999"))).toMatchObject({ status: 413, isClosed: true });
  });

  test("a chunked body over the limit, and the record of it", async () => {
    const chunk = `4000\r\n${"a".repeat(0x4000)}\r\n`;
    const lines = ["transfer-encoding: chunked", "cf-aig-max-attempts: 2"];
    expect(await send(post(...lines) + chunk.repeat(20))).toMatchObject({ status: 413, code: 3006 });
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "refused", statusCode: 413, errorCode: 3006 });
  });

  test("a universal body over the limit", async () => {
    const head = `POST /v1/default/default HTTP/1.1\r\nhost: a\r\ncontent-length: ${maxBodyBytes + 1}\r\n\r\n`;
    expect(await send(head)).toMatchObject({ status: 413, code: 3006 });
  });
});

describe("paths", () => {
  test.each([
    ["..", "openai/../anthropic/v1/messages"],
    ["..", "openai/v1/../../x"],
    ["a trailing ..", "openai/v1/.."],
    [".", "openai/./v1"],
    ["encoded ..", "openai/%2e%2e/x"],
    ["half encoded ..", "openai/.%2E/x"],
    [".. behind an encoded slash", "openai/x%2f..%2fy"],
    [".. behind an encoded backslash", "openai/x%5C..%5Cy"],
    ["..;", "openai/..;/x"],
    ["a backslash", "openai/..\\x"],
    ["a fragment", "openai/x#y"],
    ["an absolute URL below the provider", "openai/http://{stranger}/x"],
    ["several slashes below the provider", "openai///{stranger}/x"],
    ["a fragment in the query", "openai/models?a=1#b"],
  ])("%s: 400", async (_, path) => {
    for (const target of [`/v1/default/default/${path}`, `/${path}`]) {
      expect(await send(get(target))).toMatchObject({ status: 400, code: 7001 });
    }
  });

  test.each([
    ["unknown account", "/v1/nobody/default/openai/models", 400, 2001],
    ["account named like a member of every object", "/v1/__proto__/default/openai/models", 400, 2001],
    ["unknown gateway", "/v1/default/nothing/openai/models", 400, 2001],
    ["gateway named like a member of every object", "/v1/default/constructor/openai/models", 400, 2001],
    ["unknown provider", "/v1/default/default/nobody/models", 400, 2008],
    ["provider named like a member of every object", "/v1/default/default/toString/models", 400, 2008],
    ["undeclared custom provider", "/v1/default/default/custom-nobody/models", 400, 2008],
    ["provider in capitals", "/v1/default/default/OPENAI/models", 400, 2008],
    ["unknown route", "/nowhere/at/all", 404, 7003],
    ["no account", "/v1", 404, 7003],
    ["no gateway", "/v1/default", 404, 7003],
    ["empty account", "/v1//default/openai/models", 404, 7003],
    ["universal endpoint by GET", "/v1/default/default", 404, 7003],
  ])("%s", async (...[, target, status, code]) => {
    expect(await send(get(target))).toMatchObject({ status, code, isClosed: false });
  });

  test("dots in account and gateway name nothing", async () => {
    expect(await send(get("/v1/../default/openai/models"))).toMatchObject({ status: 400, code: 2001 });
    expect(await send(get("/v1/default/%2e%2e/openai/models"))).toMatchObject({ status: 400, code: 2001 });
  });
});

describe("cf-aig-* headers out of range or no number: 400 naming header and range", () => {
  test.each([
    ["cf-aig-max-attempts", ["0", "6", "-1", "1.5", "two", "", "1e1", "0x2", "99999999999999999999"], "from 1 to 5"],
    ["cf-aig-retry-delay", ["60001", "-1", "0.5", "soon", "", "1 000"], "from 0 to 60000"],
    ["cf-aig-request-timeout", ["86400001", "-1", "1.5", "soon", ""], "from 0 to 86400000"],
    ["cf-aig-backoff", ["", "quadratic", "Exponential", "1"], "constant, linear or exponential"],
  ])("%s", async (name, values, range) => {
    for (const value of values) {
      const refusal = await send(post(`${name}: ${value}`, "content-length: 0"));
      expect(refusal).toMatchObject({ status: 400, code: 7001, path: name });
      expect(refusal.message).toContain(range);
    }
  });

  test("on the universal endpoint too", async () => {
    const head = "POST /v1/default/default HTTP/1.1\r\nhost: a\r\ncf-aig-max-attempts: 9\r\ncontent-length: 0\r\n\r\n";
    expect(await send(head)).toMatchObject({ status: 400, code: 7001, path: "cf-aig-max-attempts" });
  });
});

describe("the Host field and forwarded fields choose nothing", () => {
  test("a request goes to the provider's host whatever the client calls it", async () => {
    const exchange = sampleExchange("openai-chat");
    upstream.add(exchange);
    const client = await openRawClient({ port: gateway.port });
    const place = `127.0.0.1:${stranger.port}`;
    await client.request({
      method: "POST",
      target: chat,
      headerLines: [
        `host: ${place}`,
        `x-forwarded-host: ${place}`,
        `forwarded: host=${place}`,
        `x-replay-id: ${exchange.id}`,
      ],
      body: Buffer.from("{}"),
    });
    expect((await (await client.nextResponse()).whole()).status).toBe(200);
    expect(upstream.takeRequest(exchange.id)?.header("host")).toBe(`127.0.0.1:${upstream.port}`);
    client.close();
  });
});
