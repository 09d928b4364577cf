import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { requestOnce } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream({ exchanges: [sampleExchange("openai-chat")] });
  gateway = await startGateway({ providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } } });
});
afterEach(() => upstream.forget());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

interface ErrorBody {
  readonly internalCode: number;
  readonly message: string;
  readonly error: readonly { readonly code: number; readonly message: string }[];
  readonly details: { readonly path?: string; readonly cause?: string };
}

async function post(body: string | Buffer): Promise<{ status: number; body: ErrorBody }> {
  const answer = await requestOnce(gateway.port, {
    method: "POST",
    target: "/v1/default/default",
    headerLines: ["host: a", "content-type: application/json"],
    body: Buffer.from(body),
  });
  return { status: answer.status, body: JSON.parse(answer.body.toString()) as ErrorBody };
}

/** A step that is right but for `changes`. */
function step(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    provider: "openai",
    endpoint: "chat/completions",
    headers: { "x-replay-id": "sample-openai-chat" },
    query: { model: "gpt-4o-mini" },
    ...changes,
  };
}

async function expectFault(body: string | Buffer, path: string, code = 7001): Promise<void> {
  const answer = await post(body);
  expect({ status: answer.status, code: answer.body.internalCode, path: answer.body.details.path }).toEqual({
    status: 400,
    code,
    path,
  });
  expect(answer.body.error[0]?.code).toBe(code);
  expect(upstream.requests).toHaveLength(0);
  expect(gateway.records().at(-1)).toMatchObject({ outcome: "refused", requestType: "universal", errorCode: code });
}

describe("faults of the whole body", () => {
  test.each([
    ["no JSON", "hello"],
    ["cut short", '[{"provider":"openai"'],
    ["two values", "[] []"],
    ["a byte order mark", `\ufeff${JSON.stringify([step()])}`],
    ["nested without end", "[".repeat(150_000)],
    ["empty", ""],
  ])("%s", async (_, body) => {
    await expectFault(body, "");
  });

  test("an empty array", () => expectFault("[]", "[]"));
  test("33 steps", () => expectFault(JSON.stringify(Array.from({ length: 33 }, () => step())), "[32]"));
});

describe("faults of a step: the path names it", () => {
  test.each<readonly [string, unknown, string, number?]>([
    ["a step that is a number", 5, "[0]"],
    ["a step that is a list", [[]], "[0]"],
    ["a step that is null", [null], "[0]"],
    ["no provider", [step({ provider: undefined })], "[0].provider"],
    ["empty provider", [step({ provider: "" })], "[0].provider"],
    ["provider that is a number", [step({ provider: 7 })], "[0].provider"],
    ["unknown provider", [step({ provider: "nobody" })], "[0].provider", 2008],
    ["provider named like a member of every object", [step({ provider: "__proto__" })], "[0].provider", 2008],
    ["no endpoint", [step({ endpoint: undefined })], "[0].endpoint"],
    ["empty endpoint", [step({ endpoint: "" })], "[0].endpoint"],
    ["endpoint that is a list", [step({ endpoint: ["x"] })], "[0].endpoint"],
    ["endpoint with ..", [step({ endpoint: "../../x" })], "[0].endpoint"],
    ["endpoint with encoded ..", [step({ endpoint: "x/%2E%2e/y" })], "[0].endpoint"],
    ["endpoint that is a URL", [step({ endpoint: "http://127.0.0.1/x" })], "[0].endpoint"],
    ["endpoint with CR and LF", [step({ endpoint: "x HTTP/1.1\r\nhost: b\r\n\r\n" })], "[0].endpoint"],
    ["endpoint with a space", [step({ endpoint: "x y" })], "[0].endpoint"],
    ["endpoint with NUL", [step({ endpoint: "x\0y" })], "[0].endpoint"],
    ["endpoint with CR and LF in its query", [step({ endpoint: "x?a=\r\nb" })], "[0].endpoint"],
    ["endpoint outside ASCII", [step({ endpoint: "modèles" })], "[0].endpoint"],
    ["no query", [step({ query: undefined })], "[0].query"],
    ["headers that are a text", [step({ headers: "x: y" })], "[0].headers"],
    ["headers that are a list", [step({ headers: ["x"] })], "[0].headers"],
    ["a line break in a header value", [step({ headers: { "x-a": "b\r\nhost: c" } })], "[0].headers.x-a"],
    ["a bare CR in a header value", [step({ headers: { "x-a": "b\rc" } })], "[0].headers.x-a"],
    ["a line feed at the end of a header value", [step({ headers: { "x-a": "b\n" } })], "[0].headers.x-a"],
    ["NUL in a header value", [step({ headers: { "x-a": "b\0" } })], "[0].headers.x-a"],
    ["a line break in a header name", [step({ headers: { "x-a\r\nb": "c" } })], "[0].headers.x-a\r\nb"],
    ["a colon in a header name", [step({ headers: { "x-a:": "c" } })], "[0].headers.x-a:"],
    ["an empty header name", [step({ headers: { "": "c" } })], "[0].headers."],
    ["a line break in authorization", [step({ authorization: "Bearer a\r\nx: y" })], "[0].authorization"],
    ["authorization that is a number", [step({ authorization: 5 })], "[0].authorization"],
    ["config that is a text", [step({ config: "x" })], "[0].config"],
    ["too many tries", [step({ config: { maxAttempts: 6 } })], "[0].config.maxAttempts"],
    ["tries as text", [step({ config: { maxAttempts: "2" } })], "[0].config.maxAttempts"],
    ["half a try", [step({ config: { maxAttempts: 1.5 } })], "[0].config.maxAttempts"],
    ["a pause below zero", [step({ config: { retryDelay: -1 } })], "[0].config.retryDelay"],
    ["a pause over a minute", [step({ config: { retryDelay: 60_001 } })], "[0].config.retryDelay"],
    ["a time-out over a day", [step({ config: { requestTimeout: 86_400_001 } })], "[0].config.requestTimeout"],
    ["unknown backoff", [step({ config: { backoff: "square" } })], "[0].config.backoff"],
    [
      "a step header out of range",
      [step({ headers: { "cf-aig-max-attempts": 0 } })],
      "[0].headers.cf-aig-max-attempts",
    ],
    ["a fault of the second step", [step(), step({ query: undefined })], "[1].query"],
    ["a single step without an array", step({ endpoint: undefined }), "[0].endpoint"],
  ])("%s", async (...[, body, path, code]) => {
    await expectFault(JSON.stringify(body), path, code);
  });

  test.each<readonly [Record<string, unknown>, string, number]>([
    [{ query: { model: "gpt-4o-mini", messages: [] } }, "[0].query.model", 2019],
    [{ query: { model: "nobody/gpt", messages: [] } }, "[0].query.model", 2008],
    [{ query: { model: "openai/gpt-4o" } }, "[0].query.messages", 2019],
    [{ query: [] }, "[0].query", 2019],
    [{ endpoint: "audio/speech" }, "[0].endpoint", 2019],
    [{ endpoint: "chat/completions?a#b", query: { model: "openai/m", messages: [] } }, "[0].endpoint", 7001],
  ])("a step for the compat address: %j", (changes, path, code) => {
    return expectFault(JSON.stringify([step({ provider: "compat", ...changes })]), path, code);
  });

  test("the path of a fault is told in the message too", async () => {
    const answer = await post(JSON.stringify([step(), step({ endpoint: 5 })]));
    expect(answer.body.message).toContain("[1].endpoint");
  });
});

describe("what is right passes as it was written", () => {
  test("the query keeps its bytes: spacing, large numbers, order, escapes", async () => {
    const query = String.raw`{ "model" :"m",  "seed":12345678901234567890, "text":"\u00e9é\/" ,"a":1.0}`;
    const body = `[ {"query":${query},"provider":"openai","endpoint":"chat/completions","headers":{"x-replay-id":"sample-openai-chat"}} ]`;
    expect((await post(body)).status).toBe(200);
    expect(upstream.requests[0]?.body().toString()).toBe(query);
  });

  test("header values keep letters whose bytes look like blanks", async () => {
    const headers = {
      "x-replay-id": "sample-openai-chat",
      "x-text": "  voilà\t ",
      "x-number": 5,
      "x-object": { a: 1 },
    };
    expect((await post(JSON.stringify(step({ headers })))).status).toBe(200);
    const received = upstream.requests[0];
    expect(Buffer.from(received?.header("x-text") ?? "", "latin1").toString()).toBe("voilà");
    expect([received?.header("x-number"), received?.header("x-object")]).toEqual(["5", '{"a":1}']);
  });

  test("a long run of blanks in a header value takes no time", async () => {
    const startedMs = performance.now();
    const { body } = await post(JSON.stringify([step({ headers: { "x-a": `x${" ".repeat(100_000)}\u0000` } })]));
    expect(body.details.path).toBe("[0].headers.x-a");
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test("step headers cannot frame, name a host or steer the connection", async () => {
    const headers = {
      "x-replay-id": "sample-openai-chat",
      Host: "127.0.0.1:1",
      "Content-Length": 3,
      "Transfer-Encoding": "gzip",
      Connection: "close, authorization",
      Authorization: "Bearer key",
      Expect: "100-continue",
    };
    expect((await post(JSON.stringify(step({ headers })))).status).toBe(200);
    const received = upstream.requests[0];
    expect(received?.header("host")).toBe(`127.0.0.1:${upstream.port}`);
    expect(received?.header("content-length")).toBe(String(received?.bodySizeBytes));
    expect(received?.header("authorization")).toBe("Bearer key");
    for (const name of ["transfer-encoding", "connection", "expect"]) expect(received?.header(name)).toBeUndefined();
  });
});
