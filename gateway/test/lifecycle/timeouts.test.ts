import { afterEach, describe, expect, test } from "bun:test";
import { openRawClient, requestOnce } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { GatewayOptions } from "../support/start-gateway.ts";

const stream = sampleExchange("openai-chat-stream");
const streamBody = bodyBytes(stream.response).toString();
let open: { stop(): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.toReversed()) await part.stop();
  open = [];
});

async function start(timeouts: GatewayOptions["timeouts"]) {
  const upstream = startReplayUpstream({ exchanges: [stream] });
  const providers = { openai: { base_url: `${upstream.url}/v1`, dialect: null } };
  const gateway = await startGateway({ providers, timeouts: timeouts ?? {} });
  open.push(upstream, gateway);
  const ask = async (...lines: string[]) => {
    const startedAtMs = performance.now();
    const answer = await requestOnce(gateway.port, {
      method: "POST",
      target: "/openai/chat/completions",
      headerLines: ["host: a", `x-replay-id: ${stream.id}`, ...lines],
      body: bodyBytes(stream.request),
    });
    return { answer, tookMs: performance.now() - startedAtMs, record: gateway.records().at(-1) };
  };
  return { upstream, gateway, ask };
}

const events = (pauseMs: number): string[] => ["x-replay-split: events", `x-replay-slow-ms: ${pauseMs}`];

describe("first byte", () => {
  test("ends the wait, and the provider is let go", async () => {
    const { ask, upstream } = await start({ first_byte_ms: 150 });
    const { answer, tookMs, record } = await ask("x-replay-hang: 1");
    expect(answer.status).toBe(504);
    expect(tookMs).toBeWithin(140, 600);
    expect(record).toMatchObject({ outcome: "timeout", cause: "first_byte_timeout", statusCode: 504, errorCode: 2005 });
    await upstream.nextAbort();
  });

  test("does not count once the answer began", async () => {
    const { ask } = await start({ first_byte_ms: 100 });
    const { answer } = await ask(...events(60));
    expect([answer.body.toString(), answer.ending]).toEqual([streamBody, "clean"]);
  });
});

describe("idle", () => {
  test("ends a stream that falls silent", async () => {
    const { ask, upstream } = await start({ idle_ms: 150 });
    const { answer, tookMs, record } = await ask("x-replay-cut-after-events: 2", "x-replay-cut-mode: hang");
    expect(answer.ending).not.toBe("clean");
    expect(tookMs).toBeWithin(140, 600);
    expect(answer.body.toString()).toContain("idle timeout after 150 ms");
    expect(record).toMatchObject({ outcome: "timeout", cause: "idle_timeout", statusCode: 200, success: false });
    await upstream.nextAbort();
  });

  test("counts from the head on", async () => {
    const { ask } = await start({ idle_ms: 100 });
    const { answer, record } = await ask("x-replay-first-byte-delay-ms: 3000");
    expect(answer.status).toBe(200);
    expect(record).toMatchObject({ outcome: "timeout", cause: "idle_timeout", timeToFirstByteMs: null });
  });

  test("does not end a slow stream that keeps talking", async () => {
    const { ask } = await start({ idle_ms: 150 });
    const { answer, tookMs } = await ask(...events(70));
    expect([answer.body.toString(), answer.ending]).toEqual([streamBody, "clean"]);
    expect(tookMs).toBeGreaterThan(200);
  });

  test("a client that reads slowly is not the provider's silence", async () => {
    const { gateway, upstream } = await start({ idle_ms: 150 });
    const client = await openRawClient({ port: gateway.port });
    const sizeBytes = 40_000_000;
    await client.request({
      method: "POST",
      target: "/openai/chat/completions",
      headerLines: ["host: a", `x-replay-id: ${stream.id}`, `x-replay-generate-bytes: ${sizeBytes}`],
      body: Buffer.from("{}"),
    });
    const live = await client.nextResponse();
    client.pause();
    await Bun.sleep(600);
    expect(upstream.requests[0]?.answered).toBe(false);
    client.resume();
    const answer = await live.whole(20_000);
    expect([answer.ending, answer.body.length]).toEqual(["clean", sizeBytes]);
    client.close();
  }, 25_000);
});

describe("total", () => {
  test("ends a wait", async () => {
    const { ask } = await start({ total_ms: 150 });
    const { answer, record, tookMs } = await ask("x-replay-hang: 1");
    expect(answer.status).toBe(504);
    expect(tookMs).toBeWithin(140, 600);
    expect(record).toMatchObject({ outcome: "timeout", cause: "total_timeout" });
  });

  test("ends a stream however lively it is", async () => {
    const { ask } = await start({ total_ms: 150 });
    const { answer, record, tookMs } = await ask(...events(40));
    expect(answer.ending).not.toBe("clean");
    expect(tookMs).toBeWithin(140, 600);
    expect(streamBody.startsWith(answer.body.toString().slice(0, 60))).toBe(true);
    expect(record).toMatchObject({ outcome: "timeout", cause: "total_timeout", statusCode: 200 });
  });
});

test("0 switches each of them off", async () => {
  const { ask } = await start({ connect_ms: 0, first_byte_ms: 0, idle_ms: 0, total_ms: 0 });
  const { answer } = await ask("x-replay-delay-ms: 100", "x-replay-first-byte-delay-ms: 100", ...events(20));
  expect([answer.body.toString(), answer.ending]).toEqual([streamBody, "clean"]);
});
