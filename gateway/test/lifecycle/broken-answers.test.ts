import { afterEach, describe, expect, test } from "bun:test";
import { askOpenai, openFaultTrial } from "../support/fault-trial.ts";
import { openRawClient, requestOnce } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { hasHead } from "../support/scripted-upstream.ts";
import type { ScriptedConnection } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const trial = openFaultTrial();
afterEach(() => trial.stop());

describe("breaks inside the body", () => {
  const file = "content-type: application/octet-stream\r\n";
  const sse = "content-type: text/event-stream\r\n";
  const event = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
  const chunk = `${event.length.toString(16)}\r\n${event}\r\n`;

  test.each<readonly [string, string, "close" | "reset" | "stay", string]>([
    ["length too long, close", `${file}content-length: 100\r\n\r\n{"a":`, "close", "closed_mid_answer"],
    ["length too long, reset", `${file}content-length: 100\r\n\r\n{"a":`, "reset", "closed_mid_answer"],
    ["length too long, silence", `${file}content-length: 100\r\n\r\n{"a":`, "stay", "idle_timeout"],
    [
      "chunked, close between chunks",
      `${file}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
      "close",
      "closed_mid_answer",
    ],
    [
      "chunked, close inside a chunk",
      `${file}transfer-encoding: chunked\r\n\r\n50\r\n{"a":`,
      "close",
      "closed_mid_answer",
    ],
    ["chunked, reset", `${file}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "reset", "closed_mid_answer"],
    ["chunked, silence", `${file}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "stay", "idle_timeout"],
    [
      "chunked, garbage for a size",
      `${file}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\nxyz\r\n`,
      "stay",
      "malformed_answer",
    ],
    ["until close, reset", `${file}connection: close\r\n\r\n{"a":`, "reset", "closed_mid_answer"],
    ["until close, silence", `${file}connection: close\r\n\r\n{"a":`, "stay", "idle_timeout"],
  ])("%s: never a clean end", async (...[, rest, after, cause]) => {
    const gateway = await trial.gatewayTo(trial.answering(`HTTP/1.1 200 OK\r\n${rest}`, after));
    const answer = await askOpenai(gateway);
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"a":']);
    expect(answer.ending).not.toBe("clean");
    expect(gateway.records()).toHaveLength(1);
    expect(gateway.records()[0]).toMatchObject({
      outcome: cause === "idle_timeout" ? "timeout" : "upstream_broken",
      cause,
      success: false,
      statusCode: 200,
      responseSizeBytes: 5,
    });
  });

  test.each<readonly [string, string, "close" | "reset" | "stay", number]>([
    ["of known length, close", 'content-length: 100\r\n\r\n{"a":', "close", 400],
    ["chunked, reset", 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n', "reset", 400],
    ["chunked, silence", 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n', "stay", 504],
  ])("JSON %s: an error instead, since none of it went out", async (...[, rest, after, status]) => {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    const gateway = await trial.gatewayTo(trial.answering(`${head}${rest}`, after));
    const answer = await askOpenai(gateway);
    expect([answer.status, answer.ending]).toEqual([status, "clean"]);
    const { internalCode, details } = JSON.parse(answer.body.toString()) as {
      internalCode: number;
      details: { upstream_status: number; attempts: unknown[] };
    };
    expect([internalCode, details.upstream_status, details.attempts.length]).toEqual([2005, 200, 1]);
    expect(gateway.records()).toHaveLength(1);
    expect(gateway.records()[0]).toMatchObject({
      outcome: status === 504 ? "timeout" : "upstream_broken",
      success: false,
      responseSizeBytes: 5,
    });
  });

  const errorEvent = /^data: \{.*"error":.*The provider broke off.*\}\n\n$/;

  test.each<readonly [string, string, "close" | "reset" | "stay", RegExp]>([
    ["event stream, at an event's border", `transfer-encoding: chunked\r\n\r\n${chunk}`, "close", errorEvent],
    ["event stream, before its first event", "transfer-encoding: chunked\r\n\r\n", "close", errorEvent],
    ["event stream, silence at a border", `transfer-encoding: chunked\r\n\r\n${chunk}`, "stay", errorEvent],
    ["event stream, garbage at a border", `transfer-encoding: chunked\r\n\r\n${chunk}zz\r\n`, "stay", errorEvent],
    ["event stream, inside an event", `transfer-encoding: chunked\r\n\r\n${chunk}5\r\ndata:\r\n`, "close", /^data:$/],
    [
      "event stream between line and blank line",
      `transfer-encoding: chunked\r\n\r\n${chunk}8\r\ndata: 1\n\r\n`,
      "close",
      /^data: 1\n$/,
    ],
    ["event stream until close, reset", `\r\n${event}`, "reset", errorEvent],
    ["event stream of known length", `content-length: ${event.length + 8}\r\n\r\n${event}`, "close", /^$/],
  ])("%s", async (...[, rest, after, added]) => {
    const gateway = await trial.gatewayTo(trial.answering(`HTTP/1.1 200 OK\r\n${sse}${rest}`, after));
    const answer = await askOpenai(gateway);
    const body = answer.body.toString();
    const kept = body.startsWith(event) ? event : "";
    expect(body.slice(kept.length)).toMatch(added);
    expect(answer.ending).not.toBe("clean");
    expect(gateway.records()[0]).toMatchObject({ success: false, streamed: true });
  });

  test("an HTTP/1.0 client, whose answer ends with the connection, gets a reset", async () => {
    const gateway = await trial.gatewayTo(
      trial.answering(`HTTP/1.1 200 OK\r\n${file}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "close"),
    );
    const target = "/v1/default/default/openai/models";
    const ended = Promise.withResolvers<boolean>();
    let text = "";
    await Bun.connect({
      hostname: "127.0.0.1",
      port: gateway.port,
      socket: {
        open: (socket) => void socket.write(`GET ${target} HTTP/1.0\r\n\r\n`),
        data: (_, bytes) => void (text += bytes.toString()),
        close: (_, error) => ended.resolve(error !== undefined && error !== null),
        error: () => ended.resolve(true),
      },
    });
    expect(await ended.promise).toBe(true);
    expect(text).not.toContain("transfer-encoding");
  });
});

describe("bodies that end otherwise", () => {
  test("bytes beyond the length are dropped with their connection, not taken for the next answer", async () => {
    const upstream = trial.upstream((connection) => {
      if (!hasHead(connection)) return;
      connection.received = "";
      connection.write(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
      );
    });
    const gateway = await trial.gatewayTo(upstream.url);
    for (let round = 1; round <= 3; round += 1) {
      const answer = await askOpenai(gateway);
      expect([answer.status, answer.body.toString(), answer.ending]).toEqual([200, "ok", "clean"]);
      expect(upstream.connections).toHaveLength(round);
    }
    expect(gateway.held().idleUpstreamConnections).toBe(0);
  });

  test("bytes that come unasked on an idle connection end it", async () => {
    const upstream = trial.upstream((connection) => {
      if (!hasHead(connection)) return;
      connection.received = "";
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      setTimeout(() => connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil"), 20);
    });
    const gateway = await trial.gatewayTo(upstream.url);
    expect((await askOpenai(gateway)).body.toString()).toBe("ok");
    expect(gateway.held().idleUpstreamConnections).toBe(1);
    await until("connection dropped", () => upstream.connections[0]?.isClosed === true);
    expect((await askOpenai(gateway)).body.toString()).toBe("ok");
  });

  test("a body until close arrives whole and ends cleanly", async () => {
    const gateway = await trial.gatewayTo(
      trial.answering("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello", "close"),
    );
    const answer = await askOpenai(gateway);
    expect([answer.body.toString(), answer.ending, answer.header("connection")]).toEqual(["hello", "clean", undefined]);
    expect(gateway.held().idleUpstreamConnections).toBe(0);
  });

  test("an answer given while the request still streams is passed on", async () => {
    const gateway = await trial.gatewayTo(
      trial.answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno", "close"),
    );
    const sizeBytes = 5_000_000;
    const answer = await requestOnce(gateway.port, {
      method: "POST",
      target: "/v1/default/default/openai/files",
      headerLines: ["host: a"],
      body: Buffer.alloc(sizeBytes),
    });
    expect([answer.status, answer.body.toString()]).toEqual([401, "no"]);
  });

  test("a connection that was said to close closes, though the request was whole before the answer", async () => {
    const upstream = trial.upstream(() => {});
    const gateway = await trial.gatewayTo(upstream.url);
    const client = await openRawClient({ port: gateway.port });
    await client.send("POST /openai/files HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n");
    await until("the request began", () => upstream.connections[0]?.received.endsWith("1\r\na\r\n") === true);
    upstream.connections[0]?.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab");
    const live = await client.nextResponse("POST");
    expect(live.header("connection")).toBe("close");
    await client.send("0\r\n\r\n");
    await until("the request is whole", () => upstream.connections[0]?.received.endsWith("0\r\n\r\n") === true);
    upstream.connections[0]?.write("cd");
    expect((await live.whole()).body.toString()).toBe("abcd");
    expect(await client.ended).toBe("closed");
  });
});

describe("kept connections", () => {
  test("one connection carries one request after the other", async () => {
    const upstream = startReplayUpstream({ exchanges: [sampleExchange("openai-chat")] });
    trial.add(upstream);
    const gateway = await trial.gatewayTo(upstream.url);
    const lines = ["x-replay-id: sample-openai-chat"];
    expect((await askOpenai(gateway, lines)).status).toBe(200);
    expect((await askOpenai(gateway, lines)).status).toBe(200);
    expect(upstream.connectionCount()).toBe(1);
    expect(gateway.held().idleUpstreamConnections).toBe(1);
  });

  test.each(["close", "reset"] as const)("%s in the very moment the next request is sent", async (how) => {
    const isSecond = new Set<ScriptedConnection>();
    const upstream = trial.upstream((connection) => {
      if (!hasHead(connection)) return;
      connection.received = "";
      // The second request of a connection finds it gone; a fresh connection answers.
      if (isSecond.has(connection)) connection[how]();
      else connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      isSecond.add(connection);
    });
    const gateway = await trial.gatewayTo(upstream.url);
    for (let round = 0; round < 4; round += 1) expect((await askOpenai(gateway)).body.toString()).toBe("ok");
    expect(upstream.connections).toHaveLength(4);
    expect(gateway.records().map((record) => record.outcome)).toEqual(["complete", "complete", "complete", "complete"]);
  });

  test("a closed idle connection is forgotten at once", async () => {
    const upstream = trial.upstream((connection) => {
      if (!hasHead(connection)) return;
      connection.received = "";
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      setTimeout(() => connection.close(), 20);
    });
    const gateway = await trial.gatewayTo(upstream.url);
    await askOpenai(gateway);
    await until("forgotten", () => gateway.held().idleUpstreamConnections === 0 && gateway.held().deadlines <= 1);
    expect((await askOpenai(gateway)).status).toBe(200);
  });
});
