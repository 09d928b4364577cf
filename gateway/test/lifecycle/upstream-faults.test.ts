import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { makeCertificate } from "../support/make-certificate.ts";
import type { TestCertificate } from "../support/make-certificate.ts";
import { requestOnce } from "../support/raw-client.ts";
import type { RawResponse } from "../support/raw-response.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { hasHead, startScriptedUpstream } from "../support/scripted-upstream.ts";
import type { ScriptedConnection } from "../support/scripted-upstream.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { GatewayOptions, StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

const timeouts = { connect_ms: 250, first_byte_ms: 250, idle_ms: 250 };
let certificate: TestCertificate;
let foreignCertificate: TestCertificate;
let expiredCertificate: TestCertificate;
let open: { stop(): void | Promise<void> }[] = [];

beforeAll(() => {
  certificate = makeCertificate();
  foreignCertificate = makeCertificate({ hosts: ["somebody-else.test"] });
  expiredCertificate = makeCertificate({ notAfterMs: Date.now() - 86_400_000 });
});
afterEach(async () => {
  for (const part of open.toReversed()) await part.stop();
  open = [];
});

async function gatewayTo(baseUrl: string, options: GatewayOptions = {}): Promise<StartedGateway> {
  const providers = { openai: { base_url: `${baseUrl}/v1`, dialect: null } };
  const gateway = await startGateway({ providers, timeouts, ...options });
  open.push(gateway);
  return gateway;
}

function scripted(data: (connection: ScriptedConnection) => void): string {
  const upstream = startScriptedUpstream({ data });
  open.push({ stop: () => upstream[Symbol.dispose]() });
  return upstream.url;
}

/** An upstream that answers every request head with these bytes, then does what `after` says. */
function answering(bytes: string, after: "close" | "reset" | "stay" = "stay"): string {
  return scripted((connection) => {
    if (!hasHead(connection)) return;
    connection.received = "";
    connection.write(bytes);
    if (after === "close") connection.close();
    // The bytes must be on their way before the reset throws away what is not.
    if (after === "reset") setTimeout(() => connection.reset(), 30);
  });
}

function ask(gateway: StartedGateway, lines: readonly string[] = []): Promise<RawResponse> {
  return requestOnce(gateway.port, {
    method: "POST",
    target: "/v1/default/default/openai/chat/completions",
    headerLines: ["host: a", "content-type: application/json", ...lines],
    body: Buffer.from('{"model":"m"}'),
  });
}

/** Asks once and holds answer, details and record to the failure's cause. */
async function expectFailure(gateway: StartedGateway, cause: string, lines: readonly string[] = []): Promise<void> {
  const isTimeout = cause.endsWith("_timeout");
  const answer = await ask(gateway, lines);
  expect([answer.status, answer.ending]).toEqual([isTimeout ? 504 : 400, "clean"]);
  const body = JSON.parse(answer.body.toString()) as Record<string, never>;
  expect(body).toMatchObject({ internalCode: 2005, success: false, name: "AiGatewayError" });
  expect(body["details"]).toMatchObject({
    cause,
    fault: "provider",
    attempts: [{ step: 0, attempt: 1, provider: "openai", status: null, cause }],
  });
  expect(gateway.records()).toHaveLength(1);
  expect(gateway.records()[0]).toMatchObject({
    id: answer.header("cf-aig-log-id") as string,
    outcome: isTimeout ? "timeout" : "upstream_failed",
    cause,
    errorCode: 2005,
    success: false,
    statusCode: answer.status,
  });
  await until("nothing held", () => gateway.held().deadlines <= 1 && gateway.held().idleUpstreamConnections === 0);
}

describe("no connection", () => {
  test("refuses", async () => {
    const upstream = startScriptedUpstream({});
    upstream[Symbol.dispose]();
    await expectFailure(await gatewayTo(upstream.url), "connection_refused");
  });

  test("does not resolve", async () => {
    await expectFailure(await gatewayTo("http://provider.invalid"), "name_not_resolved");
  });

  test("accepts nothing: the connect time-out", async () => {
    const full = await fullBacklog();
    if (full === null) return;
    open.push(full);
    const startedAtMs = performance.now();
    await expectFailure(await gatewayTo(full.url), "connect_timeout");
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
  }, 20_000);

  test("closes at once", async () => {
    const upstream = startScriptedUpstream({ opened: (connection) => connection.close() });
    open.push({ stop: () => upstream[Symbol.dispose]() });
    await expectFailure(await gatewayTo(upstream.url), "closed_before_answer");
  });
});

describe("TLS", () => {
  async function secure(tls: TestCertificate, options: GatewayOptions & { readonly host?: string } = {}) {
    const upstream = startReplayUpstream({ tls, exchanges: [sampleExchange("openai-chat")] });
    open.push(upstream);
    const url = `https://${options.host ?? "127.0.0.1"}:${upstream.port}`;
    return { upstream, gateway: await gatewayTo(url, options) };
  }

  test("a certificate of a trusted authority is accepted", async () => {
    const { gateway, upstream } = await secure(certificate, { extraAuthorities: certificate.cert, host: "localhost" });
    expect((await ask(gateway, ["x-replay-id: sample-openai-chat"])).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  test("a self-signed one is not", async () => {
    const { gateway, upstream } = await secure(certificate);
    await expectFailure(gateway, "certificate_rejected");
    expect(upstream.requests).toHaveLength(0);
  });

  test("nor one of a trusted authority for another name", async () => {
    const trust = { extraAuthorities: foreignCertificate.cert, host: "localhost" };
    const { gateway, upstream } = await secure(foreignCertificate, trust);
    await expectFailure(gateway, "certificate_rejected");
    expect(upstream.requests).toHaveLength(0);
  });

  test("nor an expired one", async () => {
    const { gateway, upstream } = await secure(expiredCertificate, { extraAuthorities: expiredCertificate.cert });
    await expectFailure(gateway, "certificate_rejected");
    expect(upstream.requests).toHaveLength(0);
  });

  test.each<readonly [string, (connection: ScriptedConnection) => void]>([
    ["plain HTTP", (connection) => connection.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")],
    ["noise", (connection) => connection.write("\u0015\u0003\u0001 no such thing")],
    ["a close", (connection) => connection.close()],
    ["a reset", (connection) => connection.reset()],
  ])("%s instead of TLS", async (_, data) => {
    const url = scripted(data).replace("http:", "https:");
    await expectFailure(await gatewayTo(url), "connection_failed");
  });

  test("silence instead of TLS: the connect time-out, and the connection is let go", async () => {
    const upstream = startScriptedUpstream({});
    open.push({ stop: () => upstream[Symbol.dispose]() });
    await expectFailure(await gatewayTo(upstream.url.replace("http:", "https:")), "connect_timeout");
    await until("connection closed", () => upstream.connections[0]?.isClosed === true);
  });
});

describe("no answer", () => {
  test("closes before the head", () =>
    fails(
      "closed_before_answer",
      scripted((connection) => connection.close()),
    ));
  test("resets before the head", () =>
    fails(
      "closed_before_answer",
      scripted((connection) => connection.reset()),
    ));
  test("closes inside the head", () => fails("closed_before_answer", answering("HTTP/1.1 200 OK\r\ncon", "close")));
  test("never answers", () =>
    fails(
      "first_byte_timeout",
      scripted(() => {}),
    ));
  test("never ends its head", () => fails("first_byte_timeout", answering("HTTP/1.1 200 OK\r\ncontent-le")));
  test("sends interim answers and nothing else", () => {
    return fails("first_byte_timeout", answering("HTTP/1.1 102 Processing\r\n\r\n".repeat(3)));
  });

  test.each<readonly [string, string]>([
    ["garbage", "\0\u0001\u0002 hello\r\n\r\n"],
    ["HTML without a head", "<html>\r\n\r\n"],
    ["HTTP/0.9", "hello\r\n\r\n"],
    ["HTTP/2", "HTTP/2 200\r\n\r\n"],
    ["a bare CR in a field", "HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n"],
    ["a bare LF in a field", "HTTP/1.1 200 OK\r\nx: a\nset-cookie: b\r\ncontent-length: 0\r\n\r\n"],
    ["a folded field", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 0\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc"],
    ["length and chunked", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["an unknown transfer coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"],
    ["a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"],
    ["a flood of interim answers", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(40)],
  ])("%s", async (_, bytes) => {
    await fails("malformed_answer", answering(bytes));
  });

  async function fails(cause: string, url: string): Promise<void> {
    await expectFailure(await gatewayTo(url), cause);
  }

  test("a head of 100 MB: cut off early, memory stays", async () => {
    let pouredBytes = 0;
    const line = Buffer.from(`x-fill: ${"a".repeat(64 * 1024)}\r\n`);
    const url = scripted((connection) => {
      connection.write("HTTP/1.1 200 OK\r\n");
      void connection.pour(line, 100_000_000).then((taken) => (pouredBytes = taken));
    });
    const gateway = await gatewayTo(url);
    const beforeBytes = process.memoryUsage.rss();
    await expectFailure(gateway, "answer_head_too_large");
    await until("upstream cut off", () => pouredBytes > 0);
    expect(pouredBytes).toBeLessThan(50_000_000);
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(60_000_000);
  });

  test("interim answers before the final one are skipped", async () => {
    const bytes =
      "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    const answer = await ask(await gatewayTo(answering(bytes)));
    expect([answer.status, answer.body.toString()]).toEqual([200, "ok"]);
  });
});

describe("breaks inside the body", () => {
  const json = "content-type: application/json\r\n";
  const sse = "content-type: text/event-stream\r\n";
  const event = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
  const chunk = `${event.length.toString(16)}\r\n${event}\r\n`;

  test.each<readonly [string, string, "close" | "reset" | "stay", string]>([
    ["length too long, close", `${json}content-length: 100\r\n\r\n{"a":`, "close", "closed_mid_answer"],
    ["length too long, reset", `${json}content-length: 100\r\n\r\n{"a":`, "reset", "closed_mid_answer"],
    ["length too long, silence", `${json}content-length: 100\r\n\r\n{"a":`, "stay", "idle_timeout"],
    [
      "chunked, close between chunks",
      `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
      "close",
      "closed_mid_answer",
    ],
    [
      "chunked, close inside a chunk",
      `${json}transfer-encoding: chunked\r\n\r\n50\r\n{"a":`,
      "close",
      "closed_mid_answer",
    ],
    ["chunked, reset", `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "reset", "closed_mid_answer"],
    ["chunked, silence", `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "stay", "idle_timeout"],
    [
      "chunked, garbage for a size",
      `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\nxyz\r\n`,
      "stay",
      "malformed_answer",
    ],
    ["until close, reset", `${json}connection: close\r\n\r\n{"a":`, "reset", "closed_mid_answer"],
    ["until close, silence", `${json}connection: close\r\n\r\n{"a":`, "stay", "idle_timeout"],
  ])("%s: never a clean end", async (...[, rest, after, cause]) => {
    const gateway = await gatewayTo(answering(`HTTP/1.1 200 OK\r\n${rest}`, after));
    const answer = await ask(gateway);
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

  const errorEvent = /^data: \{"error":.*The provider broke off.*\}\n\n$/;

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
    const gateway = await gatewayTo(answering(`HTTP/1.1 200 OK\r\n${sse}${rest}`, after));
    const answer = await ask(gateway);
    const body = answer.body.toString();
    const kept = body.startsWith(event) ? event : "";
    expect(body.slice(kept.length)).toMatch(added);
    expect(answer.ending).not.toBe("clean");
    expect(gateway.records()[0]).toMatchObject({ success: false, streamed: true });
  });

  test("an HTTP/1.0 client, whose answer ends with the connection, gets a reset", async () => {
    const gateway = await gatewayTo(
      answering(`HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, "close"),
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
    const upstream = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        connection.received = "";
        connection.write(
          "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
        );
      },
    });
    open.push({ stop: () => upstream[Symbol.dispose]() });
    const gateway = await gatewayTo(upstream.url);
    for (let round = 1; round <= 3; round += 1) {
      const answer = await ask(gateway);
      expect([answer.status, answer.body.toString(), answer.ending]).toEqual([200, "ok", "clean"]);
      expect(upstream.connections).toHaveLength(round);
    }
    expect(gateway.held().idleUpstreamConnections).toBe(0);
  });

  test("bytes that come unasked on an idle connection end it", async () => {
    const upstream = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        connection.received = "";
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        setTimeout(() => connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil"), 20);
      },
    });
    open.push({ stop: () => upstream[Symbol.dispose]() });
    const gateway = await gatewayTo(upstream.url);
    expect((await ask(gateway)).body.toString()).toBe("ok");
    expect(gateway.held().idleUpstreamConnections).toBe(1);
    await until("connection dropped", () => upstream.connections[0]?.isClosed === true);
    expect((await ask(gateway)).body.toString()).toBe("ok");
  });

  test("a body until close arrives whole and ends cleanly", async () => {
    const gateway = await gatewayTo(answering("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello", "close"));
    const answer = await ask(gateway);
    expect([answer.body.toString(), answer.ending, answer.header("connection")]).toEqual(["hello", "clean", undefined]);
    expect(gateway.held().idleUpstreamConnections).toBe(0);
  });

  test("an answer given while the request still streams is passed on", async () => {
    const gateway = await gatewayTo(answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno", "close"));
    const sizeBytes = 5_000_000;
    const answer = await requestOnce(gateway.port, {
      method: "POST",
      target: "/v1/default/default/openai/files",
      headerLines: ["host: a"],
      body: Buffer.alloc(sizeBytes),
    });
    expect([answer.status, answer.body.toString()]).toEqual([401, "no"]);
  });
});

describe("kept connections", () => {
  test("one that the provider closed while idle does not fail the next request", async () => {
    const upstream = startReplayUpstream({ exchanges: [sampleExchange("openai-chat")] });
    open.push(upstream);
    const gateway = await gatewayTo(upstream.url);
    const lines = ["x-replay-id: sample-openai-chat"];
    expect((await ask(gateway, lines)).status).toBe(200);
    expect((await ask(gateway, lines)).status).toBe(200);
    expect(upstream.connectionCount()).toBe(1);
    expect(gateway.held().idleUpstreamConnections).toBe(1);
  });

  test.each(["close", "reset"] as const)("%s in the very moment the next request is sent", async (how) => {
    const upstream = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        connection.received = "";
        // The second request of a connection finds it gone; a fresh connection answers.
        if (isSecond.has(connection)) connection[how]();
        else connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        isSecond.add(connection);
      },
    });
    const isSecond = new Set<ScriptedConnection>();
    open.push({ stop: () => upstream[Symbol.dispose]() });
    const gateway = await gatewayTo(upstream.url);
    for (let round = 0; round < 4; round += 1) expect((await ask(gateway)).body.toString()).toBe("ok");
    expect(upstream.connections).toHaveLength(4);
    expect(gateway.records().map((record) => record.outcome)).toEqual(["complete", "complete", "complete", "complete"]);
  });

  test("a closed idle connection is forgotten at once", async () => {
    const upstream = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        connection.received = "";
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        setTimeout(() => connection.close(), 20);
      },
    });
    open.push({ stop: () => upstream[Symbol.dispose]() });
    const gateway = await gatewayTo(upstream.url);
    await ask(gateway);
    await until("forgotten", () => gateway.held().idleUpstreamConnections === 0 && gateway.held().deadlines <= 1);
    expect((await ask(gateway)).status).toBe(200);
  });
});

/** A listener that accepts nothing any more: its process is stopped and its backlog is full. Null where that cannot be made. */
async function fullBacklog(): Promise<{ readonly url: string; stop(): void } | null> {
  const script =
    "require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  const reader = child.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  process.kill(child.pid, "SIGSTOP");
  const fillers: { end(): void }[] = [];
  let isFull = false;
  while (!isFull && fillers.length < 5000) {
    const connecting = Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {}, error() {} } });
    connecting.then((socket) => fillers.push(socket)).catch(() => {});
    isFull = !(await Promise.race([connecting.then(() => true), Bun.sleep(150).then(() => false)]));
  }
  const stop = (): void => {
    child.kill("SIGKILL");
    for (const filler of fillers) filler.end();
  };
  if (isFull) return { url: `http://127.0.0.1:${port}`, stop };
  stop();
  console.log("skipped: no backlog could be filled on this machine, so the connect time-out of TCP was not tried");
  return null;
}
