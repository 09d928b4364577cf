import { afterEach, describe, expect, test } from "bun:test";
import { bodyBytes } from "../support/recordings.ts";
import { openRawClient } from "../support/raw-client.ts";
import type { RawClient } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

const stream = sampleExchange("openai-chat-stream");
let upstream: ReplayUpstream;

afterEach(() => upstream.stop());

async function start(): Promise<StartedGateway> {
  upstream = startReplayUpstream({ exchanges: [stream] });
  return startGateway({ providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } } });
}

async function startStream(gateway: StartedGateway, slowMs: number) {
  const client = await openRawClient({ port: gateway.port });
  await client.request({
    method: "POST",
    target: "/openai/chat/completions",
    headerLines: ["host: a", `x-replay-id: ${stream.id}`, "x-replay-split: events", `x-replay-slow-ms: ${slowMs}`],
    body: bodyBytes(stream.request),
  });
  const live = await client.nextResponse("POST");
  await live.nextPiece();
  return { client, live };
}

function connects(port: number): Promise<RawClient | null> {
  return openRawClient({ port }).catch(() => null);
}

describe("stopping", () => {
  test("lets a running stream end, closes idle connections, takes no new ones", async () => {
    const gateway = await start();
    const { client, live } = await startStream(gateway, 80);
    const idle = await openRawClient({ port: gateway.port });
    await idle.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
    await (await idle.nextResponse()).whole();
    const untouched = await openRawClient({ port: gateway.port });
    await until("all are open", () => gateway.held().clientConnections === 3);
    const stopping = gateway.stop(5000);
    expect(await Promise.all([idle.ended, untouched.ended])).toEqual(["closed", "closed"]);
    expect(await connects(gateway.port)).toBeNull();
    const answer = await live.whole();
    expect([answer.ending, answer.body.toString()]).toEqual(["clean", bodyBytes(stream.response).toString()]);
    expect(await client.ended).toBe("closed");
    const startedAtMs = performance.now();
    await stopping;
    expect(performance.now() - startedAtMs).toBeLessThan(500);
    expect(gateway.records().map((record) => record.outcome)).toEqual(["complete"]);
  });

  test("breaks what is left when the grace is over, uncleanly", async () => {
    const gateway = await start();
    const { live } = await startStream(gateway, 2000);
    const startedAtMs = performance.now();
    await gateway.stop(200);
    expect(performance.now() - startedAtMs).toBeWithin(190, 800);
    expect((await live.whole()).ending).not.toBe("clean");
    await upstream.nextAbort();
    expect(gateway.records()).toHaveLength(1);
    expect(gateway.records()[0]?.success).toBe(false);
  });

  test("answers the request that is being sent, and says that it closes", async () => {
    const gateway = await start();
    const client = await openRawClient({ port: gateway.port });
    await client.send("GET /healthz HTTP/1.1\r\nhost: a\r\n");
    await until("it came", () => gateway.held().clientConnections === 1);
    await Bun.sleep(20);
    const stopping = gateway.stop(3000);
    await Bun.sleep(60);
    await client.send("\r\n");
    const answer = await (await client.nextResponse()).whole();
    expect([answer.status, answer.header("connection")]).toEqual([200, "close"]);
    expect(await client.ended).toBe("closed");
    await stopping;
  });

  test("holds nothing afterwards", async () => {
    const gateway = await start();
    const { live } = await startStream(gateway, 0);
    await live.whole();
    await gateway.stop(1000);
    await until("nothing is held", () => {
      const { clientConnections, idleUpstreamConnections, deadlines } = gateway.held();
      return clientConnections + idleUpstreamConnections + deadlines === 0;
    });
  });
});
