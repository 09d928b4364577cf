import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { openRawClient, requestOnce } from "../support/raw-client.ts";
import type { RawResponse } from "../support/raw-response.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { hasHead, startScriptedUpstream } from "../support/scripted-upstream.ts";
import type { ScriptedUpstream } from "../support/scripted-upstream.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const chat = sampleExchange("openai-chat");
const stream = sampleExchange("openai-chat-stream");
let upstream: ReplayUpstream;
let scripted: ScriptedUpstream;
/** What the scripted upstream answers next, in turn; arrivals of its requests. */
let answers: string[] = [];
let arrivalsMs: number[] = [];
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream({ exchanges: [chat, stream] });
  scripted = startScriptedUpstream({
    data(connection) {
      if (!hasHead(connection)) return;
      connection.received = "";
      arrivalsMs.push(performance.now());
      connection.write(answers.shift() ?? "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    },
  });
  gateway = await startGateway({
    gateways: { stubborn: { retry_max_attempts: 3, retry_delay: 10, retry_backoff: "constant" } },
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      "custom-scripted": { base_url: scripted.url, dialect: null },
    },
    limits: { max_replay_bytes: 2000 },
    timeouts: { first_byte_ms: 600 },
  });
});
afterEach(() => {
  upstream.forget();
  answers = [];
  arrivalsMs = [];
});
afterAll(async () => {
  await gateway.stop();
  scripted[Symbol.dispose]();
  upstream.stop();
});

interface Asked {
  readonly answer: RawResponse;
  /** Records of this request, in order. */
  readonly records: readonly ExchangeRecord[];
}

interface Ask {
  readonly lines?: readonly string[];
  readonly gatewayId?: string;
  readonly path?: string;
  readonly body?: Buffer;
}

async function ask({ lines = [], gatewayId = "default", path = "openai/chat/completions", body }: Ask): Promise<Asked> {
  const isReplayNamed = lines.some((line) => line.startsWith("x-replay-id"));
  const answer = await requestOnce(gateway.port, {
    method: "POST",
    target: `/v1/default/${gatewayId}/${path}`,
    headerLines: ["host: a", ...(isReplayNamed ? [] : [`x-replay-id: ${chat.id}`]), ...lines],
    body: body ?? Buffer.from('{"model":"m"}'),
  });
  return { answer, records: recordsOf(answer) };
}

function recordsOf(answer: RawResponse): ExchangeRecord[] {
  return gateway.records().filter((record) => record.eventId === answer.header("cf-aig-event-id"));
}

const fast = "cf-aig-retry-delay: 5";

describe("how often", () => {
  test.each([1, 2, 3, 4, 5])("%d tries, all failed: as many requests, and the last failure whole", async (tries) => {
    const { answer, records } = await ask({ lines: ["x-replay-fail-times: 9", `cf-aig-max-attempts: ${tries}`, fast] });
    expect(upstream.requests).toHaveLength(tries);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body.toString())).toEqual({ error: { message: `failure ${tries} of 9`, type: "replay" } });
    expect(records.map((record) => [record.attempt, record.outcome, record.statusCode, record.success])).toEqual(
      Array.from({ length: tries }, (_, index) => [
        index + 1,
        index + 1 === tries ? "complete" : "superseded",
        503,
        false,
      ]),
    );
    expect(records.at(-1)?.id).toBe(answer.header("cf-aig-log-id") as string);
    expect(new Set(records.map((record) => record.id)).size).toBe(tries);
    expect(new Set(records.map((record) => record.requestId)).size).toBe(1);
  });

  test("no more than needed, with the same bytes each time", async () => {
    const { answer, records } = await ask({ lines: ["x-replay-fail-times: 2", "cf-aig-max-attempts: 5", fast] });
    expect(answer.status).toBe(200);
    expect(records.map((record) => record.outcome)).toEqual(["superseded", "superseded", "complete"]);
    expect(upstream.requests.map((request) => request.body().toString())).toEqual(Array(3).fill('{"model":"m"}'));
    expect(upstream.connectionCount()).toBeLessThanOrEqual(2);
  });

  test.each([408, 409, 425, 429, 500, 502, 503, 504, 529])("%d is tried again", async (status) => {
    const lines = ["x-replay-fail-times: 1", `x-replay-fail-status: ${status}`, "cf-aig-max-attempts: 2", fast];
    expect((await ask({ lines })).answer.status).toBe(200);
    expect(upstream.requests).toHaveLength(2);
  });

  test.each([301, 400, 401, 403, 404, 413, 422])("%d is not", async (status) => {
    const lines = ["x-replay-fail-times: 1", `x-replay-fail-status: ${status}`, "cf-aig-max-attempts: 5", fast];
    expect((await ask({ lines })).answer.status).toBe(status);
    expect(upstream.requests).toHaveLength(1);
  });

  test.each(["reset", "close"] as const)("a %s before the answer is tried again", async (how) => {
    let requests = 0;
    using breaking = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        requests += 1;
        if (requests < 3) connection[how]();
        else connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      },
    });
    const fresh = await startGateway({ providers: { openai: { base_url: breaking.url, dialect: null } } });
    const answer = await requestOnce(fresh.port, {
      method: "POST",
      target: "/openai/chat/completions",
      headerLines: ["host: a", "cf-aig-max-attempts: 3", fast],
      body: Buffer.from("{}"),
    });
    expect(answer.status).toBe(200);
    expect(fresh.records().map((record) => [record.outcome, record.cause])).toEqual([
      ["upstream_failed", "closed_before_answer"],
      ["upstream_failed", "closed_before_answer"],
      ["complete", null],
    ]);
    await fresh.stop();
  });

  test("an error object under status 200 is tried again", async () => {
    const error = '{"error":{"message":"overloaded","type":"server_error"}}';
    answers = [`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${error.length}\r\n\r\n${error}`];
    const { answer, records } = await ask({
      path: "custom-scripted/chat/completions",
      lines: ["cf-aig-max-attempts: 2", fast],
    });
    expect(answer.body.toString()).toBe("ok");
    expect(records.map((record) => record.outcome)).toEqual(["error_in_answer", "complete"]);
  });

  test("the last error object under status 200 is passed on", async () => {
    const error = '{"error":{"message":"overloaded","type":"server_error"}}';
    const bytes = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${error.length}\r\n\r\n${error}`;
    answers = [bytes, bytes];
    const { answer, records } = await ask({
      path: "custom-scripted/chat/completions",
      lines: ["cf-aig-max-attempts: 2", fast],
    });
    expect([answer.status, answer.body.toString()]).toEqual([200, error]);
    expect(records.map((record) => [record.outcome, record.success])).toEqual([
      ["error_in_answer", false],
      ["error_in_answer", false],
    ]);
  });

  test("every try told in the details when the last had no answer", async () => {
    answers = [
      "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n",
      "\0nonsense\r\n\r\n",
      "HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n",
      "\0nonsense\r\n\r\n",
    ];
    const { answer, records } = await ask({
      path: "custom-scripted/chat/completions",
      lines: ["cf-aig-max-attempts: 4", fast],
    });
    const { details } = JSON.parse(answer.body.toString()) as { details: { cause: string; attempts: unknown[] } };
    expect(answer.status).toBe(400);
    expect(details.cause).toBe("malformed_answer");
    const told = { step: 0, provider: "custom-scripted", duration_ms: expect.any(Number) as number };
    const logId = (index: number): string => records[index]?.id as string;
    expect(details.attempts).toEqual([
      { ...told, log_id: logId(0), attempt: 1, status: 503, cause: null },
      { ...told, log_id: logId(1), attempt: 2, status: null, cause: "malformed_answer" },
      { ...told, log_id: logId(2), attempt: 3, status: 429, cause: null },
      { ...told, log_id: logId(3), attempt: 4, status: null, cause: "malformed_answer" },
    ]);
    expect(records.map((record) => record.outcome)).toEqual([
      "superseded",
      "upstream_failed",
      "superseded",
      "upstream_failed",
    ]);
  });
});

describe("never again", () => {
  test("once content went out: a stream", async () => {
    const lines = [`x-replay-id: ${stream.id}`, "x-replay-cut-after-events: 3", "cf-aig-max-attempts: 5", fast];
    const { answer, records } = await ask({ lines });
    expect(answer.ending).not.toBe("clean");
    expect(upstream.requests).toHaveLength(1);
    expect(records.map((record) => record.outcome)).toEqual(["upstream_broken"]);
  });

  test("but while only start events came: a stream that breaks there is tried again", async () => {
    const lines = [`x-replay-id: ${stream.id}`, "x-replay-cut-after-events: 1", "cf-aig-max-attempts: 3", fast];
    const { records } = await ask({ lines });
    expect(upstream.requests).toHaveLength(3);
    expect(records.map((record) => record.outcome)).toEqual(["upstream_broken", "upstream_broken", "upstream_broken"]);
  });

  test("but a small JSON answer that breaks off is tried again: none of it went out", async () => {
    const { answer } = await ask({ lines: ["x-replay-cut-after: 50", "cf-aig-max-attempts: 3", fast] });
    expect([answer.status, answer.ending]).toEqual([400, "clean"]);
    expect(upstream.requests).toHaveLength(3);
  });

  test("a body too large to be kept, which streams through", async () => {
    const lines = ["x-replay-fail-times: 1", "cf-aig-max-attempts: 5", fast];
    const { answer, records } = await ask({ lines, body: Buffer.alloc(2001, "a") });
    expect(answer.status).toBe(503);
    expect(records.map((record) => [record.attempt, record.requestSizeBytes])).toEqual([[1, 2001]]);
    expect(upstream.requests[0]?.bodySizeBytes).toBe(2001);
  });

  test("a chunked body that turns out too large", async () => {
    const client = await openRawClient({ port: gateway.port });
    const fields = ["host: a", `x-replay-id: ${chat.id}`, "x-replay-fail-times: 1", "cf-aig-max-attempts: 5", fast];
    const head = ["POST /openai/chat/completions HTTP/1.1", ...fields, "transfer-encoding: chunked", "", ""];
    await client.send(`${head.join("\r\n")}bb8\r\n${"a".repeat(3000)}\r\n`);
    await upstream.nextRequest();
    await client.send("0\r\n\r\n");
    expect((await client.nextResponse("POST")).status).toBe(503);
    expect(upstream.requests.map((request) => request.bodySizeBytes)).toEqual([3000]);
    client.close();
  });

  test("a chunked body within the bound is", async () => {
    const { answer } = await ask({
      lines: ["transfer-encoding: chunked", "x-replay-fail-times: 1", "cf-aig-max-attempts: 2", fast],
      body: Buffer.from("5\r\nhello\r\n0\r\n\r\n"),
    });
    expect(answer.status).toBe(200);
    expect(upstream.requests.map((request) => request.body().toString())).toEqual(["hello", "hello"]);
  });
});

describe("pauses", () => {
  const busy = (...fields: string[]): string =>
    ["HTTP/1.1 503 Busy", "content-length: 0", ...fields, "", ""].join("\r\n");

  async function gapsMs(lines: readonly string[], given: readonly string[], gatewayId?: string): Promise<number[]> {
    answers = [...given];
    const { answer } = await ask({
      path: "custom-scripted/chat/completions",
      lines,
      ...(gatewayId === undefined ? {} : { gatewayId }),
    });
    expect(answer.status).toBe(200);
    return arrivalsMs.slice(1).map((atMs, index) => atMs - (arrivalsMs[index] as number));
  }

  function expectGaps(gaps: readonly number[], expected: readonly number[]): void {
    expect(gaps).toHaveLength(expected.length);
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual((expected[index] as number) - 2);
      expect(gap).toBeLessThan((expected[index] as number) + 140);
    }
  }

  const shaped = (backoff: string): string[] => [
    "cf-aig-max-attempts: 4",
    "cf-aig-retry-delay: 80",
    `cf-aig-backoff: ${backoff}`,
  ];
  const three = [busy(), busy(), busy()];

  test("grow as the backoff says", async () => {
    expectGaps(await gapsMs(shaped("constant"), three), [80, 80, 80]);
    arrivalsMs = [];
    expectGaps(await gapsMs(shaped("linear"), three), [80, 160, 240]);
    arrivalsMs = [];
    expectGaps(await gapsMs(shaped("exponential"), three), [80, 160, 320]);
  });

  test("Retry-After in seconds wins over a shorter pause", async () => {
    expectGaps(await gapsMs(["cf-aig-max-attempts: 2", fast], [busy("retry-after: 1")]), [1000]);
  });

  test("Retry-After in milliseconds wins over seconds", async () => {
    const given = [busy("retry-after: 7", "retry-after-ms: 150")];
    expectGaps(await gapsMs(["cf-aig-max-attempts: 2", fast], given), [150]);
  });

  test("a longer pause wins over Retry-After, and one that cannot be read counts for nothing", async () => {
    const lines = ["cf-aig-max-attempts: 3", "cf-aig-retry-delay: 120", "cf-aig-backoff: constant"];
    expectGaps(await gapsMs(lines, [busy("retry-after: 0"), busy("retry-after: soon")]), [120, 120]);
  });

  test("the gateway's settings hold where the request says nothing", async () => {
    expectGaps(await gapsMs([], [busy(), busy()], "stubborn"), [10, 10]);
  });
});

describe("precedence: step header, step config, request header, gateway settings", () => {
  async function tries(
    step: { headers?: object; config?: object },
    lines: readonly string[],
    gatewayId: string,
  ): Promise<number> {
    upstream.forget();
    const { headers, config } = step;
    const quick = { "cf-aig-retry-delay": 1, "x-replay-id": chat.id, "x-replay-fail-times": 9 };
    const body = {
      provider: "openai",
      endpoint: "chat/completions",
      headers: { ...quick, ...headers },
      query: {},
      config,
    };
    await requestOnce(gateway.port, {
      method: "POST",
      target: `/v1/default/${gatewayId}`,
      headerLines: ["host: a", ...lines],
      body: Buffer.from(JSON.stringify([body])),
    });
    return upstream.requests.length;
  }

  test("tries", async () => {
    const headers = { "cf-aig-max-attempts": 5 };
    const config = { maxAttempts: 4 };
    const lines = ["cf-aig-max-attempts: 2"];
    expect(await tries({ headers, config }, lines, "stubborn")).toBe(5);
    expect(await tries({ config }, lines, "stubborn")).toBe(4);
    expect(await tries({}, lines, "stubborn")).toBe(2);
    expect(await tries({}, [], "stubborn")).toBe(3);
    expect(await tries({}, [], "default")).toBe(1);
  });
});

describe("the client's own time-out", () => {
  const slow = "x-replay-delay-ms: 250";

  test("ends a single try", async () => {
    const { answer, records } = await ask({ lines: [slow, "cf-aig-request-timeout: 80"] });
    expect(answer.status).toBe(504);
    expect(records.map((record) => [record.outcome, record.cause, record.statusCode])).toEqual([
      ["timeout", "first_byte_timeout", 504],
    ]);
  });

  test("is waived on the last of several tries", async () => {
    const { answer, records } = await ask({
      lines: [slow, "cf-aig-request-timeout: 80", "cf-aig-max-attempts: 2", fast],
    });
    expect(answer.status).toBe(200);
    expect(records.map((record) => record.outcome)).toEqual(["timeout", "complete"]);
    expect(records[0]?.durationMs).toBeWithin(75, 200);
  });

  test("does not lengthen the gateway's own", async () => {
    const startedAtMs = performance.now();
    const { answer } = await ask({ lines: ["x-replay-hang: 1", "cf-aig-request-timeout: 60000"] });
    expect(answer.status).toBe(504);
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
  });

  test("counts to the first byte only", async () => {
    const lines = ["cf-aig-request-timeout: 100", "x-replay-split: 100", "x-replay-slow-ms: 60"];
    const { answer } = await ask({ lines });
    expect([answer.status, answer.ending, answer.body.length]).toEqual([
      200,
      "clean",
      Buffer.byteLength(chat.response.body),
    ]);
  });

  test("0 means none", async () => {
    expect((await ask({ lines: [slow, "cf-aig-request-timeout: 0"] })).answer.status).toBe(200);
  });
});
