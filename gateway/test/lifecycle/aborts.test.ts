import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { bodyBytes } from "../support/recordings.ts";
import { openRawClient } from "../support/raw-client.ts";
import type { RawClient } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startScriptedUpstream } from "../support/scripted-upstream.ts";
import type { ScriptedUpstream } from "../support/scripted-upstream.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

const stream = sampleExchange("openai-chat-stream");
const atOnceMs = 1000;
let upstream: ReplayUpstream;
/** Accepts connections and never says a word, so that TLS is never agreed on. */
let silent: ScriptedUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream({ exchanges: [stream, sampleExchange("openai-chat")] });
  silent = startScriptedUpstream({});
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      "custom-silent": { base_url: silent.url.replace("http:", "https:"), dialect: null },
    },
    limits: { max_replay_bytes: 1000 },
  });
});
afterEach(async () => {
  upstream.forget();
  await until("nothing is held", () => {
    const { clientConnections, idleUpstreamConnections, deadlines } = gateway.held();
    return clientConnections === 0 && deadlines === idleUpstreamConnections;
  });
});
afterAll(async () => {
  await gateway.stop();
  silent[Symbol.dispose]();
  upstream.stop();
});

async function ask(
  lines: readonly string[],
  target = "/v1/default/default/openai/chat/completions",
): Promise<RawClient> {
  const client = await openRawClient({ port: gateway.port });
  const headerLines = ["host: a", "content-type: application/json", `x-replay-id: ${stream.id}`, ...lines];
  await client.request({ method: "POST", target, headerLines, body: bodyBytes(stream.request) });
  return client;
}

async function askUniversal(headers: Readonly<Record<string, string>>): Promise<RawClient> {
  const client = await openRawClient({ port: gateway.port });
  const step = {
    provider: "openai",
    endpoint: "chat/completions",
    headers: { "x-replay-id": stream.id, ...headers },
    query: {},
  };
  await client.request({
    method: "POST",
    target: "/v1/default/default",
    headerLines: ["host: a"],
    body: Buffer.from(JSON.stringify([step, { ...step, headers: { "x-replay-id": "sample-openai-chat" } }])),
  });
  return client;
}

/** Leaves and holds upstream and record to it. */
async function expectAbort(client: RawClient, how: "close" | "reset", record: object): Promise<void> {
  const received = await upstream.nextRequest();
  await Bun.sleep(30);
  const before = gateway.recordCount();
  const leftAtMs = performance.now();
  client[how]();
  expect(await upstream.nextAbort()).toBe(received);
  expect((received.abortedAtMs ?? Infinity) - leftAtMs).toBeLessThan(atOnceMs);
  await until("the record", () => gateway.recordCount() > before);
  await Bun.sleep(30);
  expect(gateway.recordCount()).toBe(before + 1);
  expect(gateway.records().at(-1)).toMatchObject({
    outcome: "client_aborted",
    success: false,
    provider: "openai",
    ...record,
  });
  expect(upstream.requests).toHaveLength(1);
}

describe.each(["close", "reset"] as const)("the client leaves by %s", (how) => {
  test("while the provider thinks", async () => {
    await expectAbort(await ask(["x-replay-hang: 1"]), how, { statusCode: 499, cause: "client_gone" });
  });

  test("while the provider thinks, other tries and steps left", async () => {
    const client = await askUniversal({ "x-replay-hang": "1", "cf-aig-max-attempts": "3" });
    await expectAbort(client, how, { statusCode: 499, step: 0, attempt: 1 });
  });

  test("between head and first byte", async () => {
    const client = await ask(["x-replay-first-byte-delay-ms: 30000"]);
    expect((await client.nextResponse()).status).toBe(200);
    await expectAbort(client, how, { statusCode: 200, responseSizeBytes: 0 });
  });

  test("while start events are held back for another step", async () => {
    const client = await askUniversal({ "x-replay-split": "events", "x-replay-slow-ms": "30000" });
    await expectAbort(client, how, { statusCode: 200, step: 0 });
  });

  test("in the middle of a stream", async () => {
    const client = await ask(["x-replay-split: events", "x-replay-slow-ms: 100"]);
    const live = await client.nextResponse();
    await live.nextPiece();
    await live.nextPiece();
    await expectAbort(client, how, { statusCode: 200, streamed: true });
    expect(gateway.records().at(-1)?.responseSizeBytes).toBeGreaterThan(100);
  });

  test("in the middle of a body of known length", async () => {
    const client = await ask(["x-replay-framing: length", "x-replay-split: 40", "x-replay-slow-ms: 50"]);
    await (await client.nextResponse()).nextPiece();
    await expectAbort(client, how, { statusCode: 200 });
  });

  test("in the middle of its own streamed upload", async () => {
    const client = await openRawClient({ port: gateway.port });
    await client.send(
      `POST /v1/default/default/openai/files HTTP/1.1\r\nhost: a\r\nx-replay-id: ${stream.id}\r\ncontent-length: 5000000\r\n\r\n`,
    );
    await client.send(Buffer.alloc(50_000));
    await until("bytes came through", () => (upstream.requests[0]?.bodySizeBytes ?? 0) === 50_000);
    await expectAbort(client, how, { statusCode: 499, requestSizeBytes: 50_000 });
  });

  test("while its body is still being collected: no provider is called", async () => {
    const client = await openRawClient({ port: gateway.port });
    await client.send(
      `POST /v1/default/default/openai/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 500\r\n\r\n{"model":`,
    );
    await Bun.sleep(30);
    const before = gateway.recordCount();
    client[how]();
    await until("the record", () => gateway.recordCount() > before);
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "client_aborted", statusCode: 499, requestSizeBytes: 9 });
    expect(upstream.requests).toHaveLength(0);
  });

  test("while the connection is being made", async () => {
    const before = gateway.recordCount();
    const connectionsBefore = silent.connections.length;
    const client = await ask([], "/v1/default/default/custom-silent/v1/models");
    await until("TLS was begun", () => silent.connections.length > connectionsBefore);
    await until("the hello came", () => (silent.connections.at(-1)?.received ?? "") !== "");
    const leftAtMs = performance.now();
    client[how]();
    await until("the connection is cut", () => silent.connections.at(-1)?.isClosed === true, atOnceMs);
    expect(performance.now() - leftAtMs).toBeLessThan(atOnceMs);
    expect(gateway.recordCount()).toBe(before + 1);
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "client_aborted", statusCode: 499 });
  });

  test("during the pause before the next try: no other try is made", async () => {
    const client = await ask(["x-replay-fail-times: 9", "cf-aig-max-attempts: 5", "cf-aig-retry-delay: 300"]);
    await until("the first try failed", () => upstream.requests[0]?.answered === true);
    await Bun.sleep(50);
    const before = gateway.recordCount();
    client[how]();
    await Bun.sleep(500);
    expect(upstream.requests).toHaveLength(1);
    expect(gateway.recordCount()).toBe(before);
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "superseded", statusCode: 503, attempt: 1 });
  });
});

describe("many clients leave", () => {
  test("400 in the middle of their streams: nothing is left behind", async () => {
    const before = gateway.recordCount();
    for (let round = 0; round < 4; round += 1) {
      const clients = await Promise.all(
        Array.from({ length: 100 }, () => ask(["x-replay-split: events", "x-replay-slow-ms: 5000"])),
      );
      await Promise.all(clients.map(async (client) => (await client.nextResponse()).nextPiece()));
      for (const [index, client] of clients.entries()) client[index % 2 === 0 ? "close" : "reset"]();
    }
    await until("every record", () => gateway.recordCount() === before + 400);
    const outcomes = new Set(
      gateway
        .records()
        .slice(before)
        .map((record) => record.outcome),
    );
    expect([...outcomes]).toEqual(["client_aborted"]);
    await until("every upstream connection is cut", () =>
      upstream.requests.every((request) => request.abortedAtMs !== null),
    );
  });
});
