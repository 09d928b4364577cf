import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { bodyBytes } from "../support/recordings.ts";
import { requestOnce } from "../support/raw-client.ts";
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
let good: ReplayUpstream;
let bad: ScriptedUpstream;
/** What the bad provider does with a request. */
let misbehave: (connection: ScriptedUpstream["connections"][number]) => void = () => {};
let gateway: StartedGateway;

beforeAll(async () => {
  good = startReplayUpstream({ exchanges: [chat, stream] });
  bad = startScriptedUpstream({
    data(connection) {
      if (!hasHead(connection)) return;
      connection.received = "";
      misbehave(connection);
    },
  });
  const gone = startScriptedUpstream({});
  gone[Symbol.dispose]();
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${good.url}/v1`, dialect: null },
      "custom-bad": { base_url: bad.url, dialect: "openai-chat" },
      "custom-bad-claude": { base_url: bad.url, dialect: "anthropic-messages" },
      "custom-refusing": { base_url: gone.url, dialect: "openai-chat" },
      "custom-unresolved": { base_url: "http://provider.invalid", dialect: "openai-chat" },
    },
    timeouts: { first_byte_ms: 300, idle_ms: 200 },
  });
});
afterEach(() => good.forget());
afterAll(async () => {
  await gateway.stop();
  bad[Symbol.dispose]();
  good.stop();
});

interface Asked {
  readonly answer: RawResponse;
  readonly records: readonly ExchangeRecord[];
}

async function ask(steps: readonly unknown[], lines: readonly string[] = []): Promise<Asked> {
  const answer = await requestOnce(gateway.port, {
    method: "POST",
    target: "/v1/default/default",
    headerLines: ["host: a", ...lines],
    body: Buffer.from(JSON.stringify(steps)),
  });
  const eventId = answer.header("cf-aig-event-id");
  return { answer, records: gateway.records().filter((record) => record.eventId === eventId) };
}

function step(provider: string, changes: object = {}): object {
  return { provider, endpoint: "chat/completions", headers: {}, query: { model: "m" }, ...changes };
}

const rescue = step("openai", { headers: { "x-replay-id": chat.id } });
const rescueStream = step("openai", { headers: { "x-replay-id": stream.id } });

function answered(status: string, type: string, body: string): (connection: { write(bytes: string): void }) => void {
  const head = [`HTTP/1.1 ${status}`, `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`, "", ""];
  return (connection) => connection.write(head.join("\r\n") + body);
}

/** An event stream of which nothing follows, the connection being left as `after` says. */
function streamed(events: string, after: "stay" | "close" | "reset" = "stay") {
  return (connection: ScriptedUpstream["connections"][number]): void => {
    const chunk = `${Buffer.byteLength(events).toString(16)}\r\n${events}\r\n`;
    connection.write(
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`,
    );
    if (after === "close") connection.close();
    if (after === "reset") setTimeout(() => connection.reset(), 20);
  };
}

const start = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n';
const content = 'data: {"choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}\n\n';
const error = '{"error":{"message":"overloaded","type":"server_error"}}';
const claudeStart =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1,"output_tokens":1}}}\n\nevent: ping\ndata: {"type":"ping"}\n\n';
const claudeError =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';

describe("the next step answers when a step", () => {
  test.each<readonly [string, string, typeof misbehave, object]>([
    [
      "answers 404",
      "custom-bad",
      answered("404 Not Found", "application/json", error),
      { outcome: "superseded", statusCode: 404 },
    ],
    ["answers 401", "custom-bad", answered("401 No", "text/plain", ""), { outcome: "superseded", statusCode: 401 }],
    [
      "answers 500",
      "custom-bad",
      answered("500 No", "application/json", error),
      { outcome: "superseded", statusCode: 500 },
    ],
    [
      "redirects",
      "custom-bad",
      answered("302 Found", "text/html", "see there"),
      { outcome: "superseded", statusCode: 302 },
    ],
    ["refuses connections", "custom-refusing", () => {}, { outcome: "upstream_failed", cause: "connection_refused" }],
    ["does not resolve", "custom-unresolved", () => {}, { outcome: "upstream_failed", cause: "name_not_resolved" }],
    ["never answers", "custom-bad", () => {}, { outcome: "timeout", cause: "first_byte_timeout" }],
    [
      "hangs up",
      "custom-bad",
      (connection) => connection.close(),
      { outcome: "upstream_failed", cause: "closed_before_answer" },
    ],
    [
      "resets",
      "custom-bad",
      (connection) => connection.reset(),
      { outcome: "upstream_failed", cause: "closed_before_answer" },
    ],
    [
      "sends garbage",
      "custom-bad",
      (connection) => connection.write("\0\0\r\n\r\n"),
      { outcome: "upstream_failed", cause: "malformed_answer" },
    ],
    [
      "tells an error under status 200",
      "custom-bad",
      answered("200 OK", "application/json", error),
      { outcome: "error_in_answer", statusCode: 200 },
    ],
    [
      "tells an error as first event",
      "custom-bad",
      streamed(`data: ${error}\n\n`),
      { outcome: "error_in_answer", statusCode: 200 },
    ],
    [
      "tells an error after its start event",
      "custom-bad",
      streamed(`${start}data: ${error}\n\n`),
      { outcome: "error_in_answer" },
    ],
    [
      "tells an error in another dialect",
      "custom-bad-claude",
      streamed(claudeStart + claudeError),
      { outcome: "error_in_answer" },
    ],
    [
      "breaks off before its first event",
      "custom-bad",
      streamed(": hello\n\n", "close"),
      { outcome: "upstream_broken", cause: "closed_mid_answer" },
    ],
    ["breaks off after its start event", "custom-bad", streamed(start, "close"), { outcome: "upstream_broken" }],
    ["is reset after its start event", "custom-bad", streamed(start, "reset"), { outcome: "upstream_broken" }],
    [
      "falls silent after its start event",
      "custom-bad",
      streamed(start),
      { outcome: "timeout", cause: "idle_timeout" },
    ],
    [
      "falls silent after its start in another dialect",
      "custom-bad-claude",
      streamed(claudeStart),
      { outcome: "timeout" },
    ],
    [
      "promises a body that does not come",
      "custom-bad",
      (connection) =>
        connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n"),
      { outcome: "timeout", cause: "idle_timeout" },
    ],
  ])("%s", async (...[, provider, behaviour, expected]) => {
    misbehave = behaviour;
    const { answer, records } = await ask([step(provider), rescue]);
    expect([answer.status, answer.ending, answer.header("cf-aig-step")]).toEqual([200, "clean", "1"]);
    expect(answer.body).toEqual(bodyBytes(chat.response));
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ step: 0, attempt: 1, provider, success: false, ...expected });
    expect(records[1]).toMatchObject({ step: 1, attempt: 1, provider: "openai", success: true, outcome: "complete" });
    expect(records[1]?.id).toBe(answer.header("cf-aig-log-id") as string);
  });

  test("has used up its own tries first", async () => {
    misbehave = answered("503 Busy", "application/json", error);
    const { answer, records } = await ask([step("custom-bad", { config: { maxAttempts: 3, retryDelay: 1 } }), rescue]);
    expect(answer.header("cf-aig-step")).toBe("1");
    expect(records.map((record) => [record.step, record.attempt])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
    ]);
  });

  test("answers with what another try does not mend: without those tries", async () => {
    misbehave = answered("404 No", "application/json", error);
    const { records } = await ask([step("custom-bad", { config: { maxAttempts: 3, retryDelay: 1 } }), rescue]);
    expect(records.map((record) => [record.step, record.attempt])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

describe("no fallback", () => {
  test("when the first step answers: cf-aig-step 0, the second is not asked", async () => {
    misbehave = () => expect.unreachable();
    const { answer, records } = await ask([rescue, step("custom-bad")]);
    expect([answer.status, answer.header("cf-aig-step")]).toEqual([200, "0"]);
    expect(records).toHaveLength(1);
  });

  test("once content went out: the break is passed on as an error event", async () => {
    misbehave = streamed(start + content, "close");
    const { answer, records } = await ask([step("custom-bad"), rescueStream]);
    expect(answer.header("cf-aig-step")).toBe("0");
    expect(answer.body.toString().startsWith(start + content)).toBe(true);
    expect(answer.body.toString().slice((start + content).length)).toContain('"error"');
    expect(answer.ending).not.toBe("clean");
    expect(records.map((record) => record.outcome)).toEqual(["upstream_broken"]);
  });

  test("an error after content is passed on, and the record knows", async () => {
    const late = `data: ${error}\n\n`;
    misbehave = (connection) => {
      streamed(start + content)(connection);
      setTimeout(() => connection.write(`${late.length.toString(16)}\r\n${late}\r\n0\r\n\r\n`), 40);
    };
    const { answer, records } = await ask([step("custom-bad"), rescueStream]);
    expect([answer.body.toString(), answer.ending]).toEqual([start + content + late, "clean"]);
    expect(records.map((record) => [record.outcome, record.success])).toEqual([["error_in_answer", false]]);
  });
});

describe("every step failed", () => {
  test("the last failure whole, though an earlier one said more", async () => {
    misbehave = answered("429 Slow Down", "application/json", error);
    const { answer, records } = await ask([step("custom-refusing"), step("custom-bad")]);
    expect([answer.status, answer.body.toString(), answer.header("cf-aig-step")]).toEqual([429, error, "1"]);
    expect(records.map((record) => record.outcome)).toEqual(["upstream_failed", "complete"]);
  });

  test("every attempt in the details when the last had no answer", async () => {
    misbehave = answered("500 No", "application/json", error);
    const { answer } = await ask([
      step("custom-bad", { config: { maxAttempts: 2, retryDelay: 1 } }),
      step("custom-unresolved"),
      step("custom-refusing"),
    ]);
    const { details } = JSON.parse(answer.body.toString()) as { details: { cause: string; attempts: object[] } };
    expect([answer.status, answer.header("cf-aig-step"), details.cause]).toEqual([400, "2", "connection_refused"]);
    expect(details.attempts).toMatchObject([
      { step: 0, attempt: 1, provider: "custom-bad", status: 500, cause: null },
      { step: 0, attempt: 2, provider: "custom-bad", status: 500, cause: null },
      { step: 1, attempt: 1, provider: "custom-unresolved", status: null, cause: "name_not_resolved" },
      { step: 2, attempt: 1, provider: "custom-refusing", status: null, cause: "connection_refused" },
    ]);
  });

  test("504 when the last one timed out", async () => {
    misbehave = () => {};
    const { answer } = await ask([step("custom-refusing"), step("custom-bad")]);
    const body = JSON.parse(answer.body.toString()) as { internalCode: number; details: { cause: string } };
    expect([answer.status, body.internalCode, body.details.cause]).toEqual([504, 2005, "first_byte_timeout"]);
  });
});

describe("answers held back for another step", () => {
  test("arrive whole and in order once content shows", async () => {
    misbehave = (connection) => {
      connection.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
      const events = [
        start,
        start,
        content,
        content,
        'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
        "data: [DONE]\n\n",
      ];
      for (const [index, event] of events.entries()) {
        setTimeout(() => connection.write(`${event.length.toString(16)}\r\n${event}\r\n`), index * 20);
      }
      setTimeout(() => connection.write("0\r\n\r\n"), 130);
    };
    const { answer, records } = await ask([step("custom-bad"), rescueStream]);
    const text = answer.body.toString();
    expect(text.startsWith(start + start + content + content)).toBe(true);
    expect([text.endsWith("data: [DONE]\n\n"), answer.ending]).toEqual([true, "clean"]);
    expect(records.map((record) => record.outcome)).toEqual(["complete"]);
  });

  test("an empty 2xx answer is an answer", async () => {
    misbehave = (connection) => connection.write("HTTP/1.1 204 No Content\r\n\r\n");
    const { answer } = await ask([step("custom-bad"), rescue]);
    expect([answer.status, answer.header("cf-aig-step")]).toEqual([204, "0"]);
  });
});
