import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { askOpenai, openFaultTrial } from "../support/fault-trial.ts";
import { fullBacklog } from "../support/full-backlog.ts";
import { makeCertificate } from "../support/make-certificate.ts";
import type { TestCertificate } from "../support/make-certificate.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startScriptedUpstream } from "../support/scripted-upstream.ts";
import type { ScriptedConnection } from "../support/scripted-upstream.ts";
import type { GatewayOptions, StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

let certificate: TestCertificate;
let foreignCertificate: TestCertificate;
let expiredCertificate: TestCertificate;
const trial = openFaultTrial();

beforeAll(() => {
  certificate = makeCertificate();
  foreignCertificate = makeCertificate({ hosts: ["somebody-else.test"] });
  expiredCertificate = makeCertificate({ notAfterMs: Date.now() - 86_400_000 });
});
afterEach(() => trial.stop());

/** Asks once and holds answer, details and record to the failure's cause. */
async function expectFailure(gateway: StartedGateway, cause: string, lines: readonly string[] = []): Promise<void> {
  const isTimeout = cause.endsWith("_timeout");
  const answer = await askOpenai(gateway, lines);
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
    await expectFailure(await trial.gatewayTo(upstream.url), "connection_refused");
  });

  test("does not resolve", async () => {
    await expectFailure(await trial.gatewayTo("http://provider.invalid"), "name_not_resolved");
  });

  test("accepts nothing: the connect time-out", async () => {
    const full = await fullBacklog();
    if (full === null) return;
    trial.add(full);
    const startedAtMs = performance.now();
    await expectFailure(await trial.gatewayTo(full.url), "connect_timeout");
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
  }, 20_000);

  test("closes at once", async () => {
    const upstream = startScriptedUpstream({ opened: (connection) => connection.close() });
    trial.add({ stop: () => upstream[Symbol.dispose]() });
    await expectFailure(await trial.gatewayTo(upstream.url), "closed_before_answer");
  });
});

describe("TLS", () => {
  async function secure(tls: TestCertificate, options: GatewayOptions & { readonly host?: string } = {}) {
    const upstream = startReplayUpstream({ tls, exchanges: [sampleExchange("openai-chat")] });
    trial.add(upstream);
    const url = `https://${options.host ?? "127.0.0.1"}:${upstream.port}`;
    return { upstream, gateway: await trial.gatewayTo(url, options) };
  }

  test("a certificate of a trusted authority is accepted", async () => {
    const { gateway, upstream } = await secure(certificate, { extraAuthorities: certificate.cert, host: "localhost" });
    expect((await askOpenai(gateway, ["x-replay-id: sample-openai-chat"])).status).toBe(200);
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
    ["noise", (connection) => connection.write("\u0001\u0002 no such thing")],
    ["a close", (connection) => connection.close()],
    ["a reset", (connection) => connection.reset()],
  ])("%s instead of TLS", async (_, data) => {
    const url = trial.upstream(data).url.replace("http:", "https:");
    await expectFailure(await trial.gatewayTo(url), "connection_failed");
  });

  test("silence instead of TLS: the connect time-out, and the connection is let go", async () => {
    const upstream = startScriptedUpstream({});
    trial.add({ stop: () => upstream[Symbol.dispose]() });
    await expectFailure(await trial.gatewayTo(upstream.url.replace("http:", "https:")), "connect_timeout");
    await until("connection closed", () => upstream.connections[0]?.isClosed === true);
  });
});

describe("no answer", () => {
  test("closes before the head", () =>
    fails("closed_before_answer", trial.upstream((connection) => connection.close()).url));
  test("resets before the head", () =>
    fails("closed_before_answer", trial.upstream((connection) => connection.reset()).url));
  test("closes inside the head", () =>
    fails("closed_before_answer", trial.answering("HTTP/1.1 200 OK\r\ncon", "close")));
  test("never answers", () => fails("first_byte_timeout", trial.upstream(() => {}).url));
  test("never ends its head", () => fails("first_byte_timeout", trial.answering("HTTP/1.1 200 OK\r\ncontent-le")));
  test("sends interim answers and nothing else", () => {
    return fails("first_byte_timeout", trial.answering("HTTP/1.1 102 Processing\r\n\r\n".repeat(3)));
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
    await fails("malformed_answer", trial.answering(bytes));
  });

  async function fails(cause: string, url: string): Promise<void> {
    await expectFailure(await trial.gatewayTo(url), cause);
  }

  test("a head of 100 MB: cut off early, memory stays", async () => {
    let pouredBytes = 0;
    const line = Buffer.from(`x-fill: ${"a".repeat(64 * 1024)}\r\n`);
    const upstream = trial.upstream((connection) => {
      connection.write("HTTP/1.1 200 OK\r\n");
      void connection.pour(line, 100_000_000).then((taken) => (pouredBytes = taken));
    });
    const gateway = await trial.gatewayTo(upstream.url);
    const beforeBytes = process.memoryUsage.rss();
    await expectFailure(gateway, "answer_head_too_large");
    await until("upstream cut off", () => pouredBytes > 0);
    expect(pouredBytes).toBeLessThan(50_000_000);
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(60_000_000);
  });

  test("interim answers before the final one are skipped", async () => {
    const bytes =
      "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    const answer = await askOpenai(await trial.gatewayTo(trial.answering(bytes)));
    expect([answer.status, answer.body.toString()]).toEqual([200, "ok"]);
  });
});
