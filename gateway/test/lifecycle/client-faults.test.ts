import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { openRawClient, requestOnce } from "../support/raw-client.ts";
import type { RawClient } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { GatewayOptions } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

const chat = sampleExchange("openai-chat");
const stream = sampleExchange("openai-chat-stream");
const path = "/v1/default/default/openai/chat/completions";
let open: { stop(): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.toReversed()) await part.stop();
  open = [];
});

async function start(options: GatewayOptions = {}) {
  const upstream = startReplayUpstream({ exchanges: [chat, stream] });
  const gateway = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    ...options,
  });
  open.push(upstream, gateway);
  return { upstream, gateway };
}

async function clientOf(gateway: { readonly port: number }): Promise<RawClient> {
  const client = await openRawClient({ port: gateway.port });
  open.push({ stop: () => client.close() });
  return client;
}

const head = (...lines: string[]): string => [`POST ${path} HTTP/1.1`, "host: a", ...lines, "", ""].join("\r\n");

function ask(client: RawClient, ...lines: readonly string[]): Promise<void> {
  return client.request({ method: "POST", target: path, headerLines: ["host: a", ...lines], body: Buffer.from("{}") });
}

/** A clock that a test can set forward. */
function movableClock() {
  let aheadMs = 0;
  return {
    nowMs: () => Date.now() + aheadMs,
    monotonicMs: () => performance.now() + aheadMs,
    forward: (ms: number) => void (aheadMs += ms),
  };
}

describe("slow reader", () => {
  test("of a 150 MB answer: memory stays, and all of it arrives", async () => {
    const { gateway, upstream } = await start();
    const client = await clientOf(gateway);
    const sizeBytes = 150_000_000;
    await ask(client, `x-replay-id: ${chat.id}`, `x-replay-generate-bytes: ${sizeBytes}`);
    const live = await client.nextResponse();
    client.pause();
    Bun.gc(true);
    const beforeBytes = process.memoryUsage.rss();
    await Bun.sleep(500);
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(40_000_000);
    expect(upstream.requests[0]?.sentBytes).toBeLessThan(40_000_000);
    client.resume();
    let arrivedBytes = 0;
    for (let piece = await live.nextPiece(); piece !== null; piece = await live.nextPiece())
      arrivedBytes += piece.length;
    expect(arrivedBytes).toBe(sizeBytes);
    await until("the record", () => gateway.recordCount() === 1);
    expect(gateway.records()[0]).toMatchObject({ outcome: "complete", responseSizeBytes: sizeBytes });
  }, 30_000);

  test("that takes nothing any more is cut off, and the provider let go", async () => {
    const { gateway, upstream } = await start({ timeouts: { client_write_ms: 200 } });
    const client = await clientOf(gateway);
    await ask(client, `x-replay-id: ${stream.id}`, "x-replay-generate-bytes: 50000000");
    await client.nextResponse();
    client.pause();
    const aborted = await upstream.nextAbort(3000);
    expect(aborted.sentBytes).toBeLessThan(40_000_000);
    await until("the record", () => gateway.recordCount() === 1);
    expect(gateway.records()[0]).toMatchObject({ outcome: "client_aborted", statusCode: 200 });
    await until("nothing is held", () => gateway.held().clientConnections === 0 && gateway.held().deadlines === 0);
  });

  test("that takes a little now and then is not", async () => {
    const { gateway } = await start({ timeouts: { client_write_ms: 250 } });
    const client = await clientOf(gateway);
    await ask(client, `x-replay-id: ${chat.id}`, "x-replay-generate-bytes: 60000000");
    const live = await client.nextResponse();
    const ticking = setInterval(() => {
      client.resume();
      setTimeout(() => client.pause(), 3);
    }, 60);
    await Bun.sleep(900);
    clearInterval(ticking);
    expect(client.isOpen()).toBe(true);
    client.resume();
    expect((await live.whole(20_000)).ending).toBe("clean");
  }, 25_000);
});

describe("slow writer", () => {
  test("a head a byte at a time: 408", async () => {
    const { gateway } = await start({ timeouts: { client_head_ms: 250 } });
    const client = await clientOf(gateway);
    const text = head("content-length: 0");
    let sent = 0;
    const ticking = setInterval(() => void client.send(text[sent++] ?? "").catch(() => {}), 20);
    const startedAtMs = performance.now();
    const answer = await (await client.nextResponse()).whole();
    clearInterval(ticking);
    expect(answer.status).toBe(408);
    expect(performance.now() - startedAtMs).toBeLessThan(900);
    expect(await client.ended).not.toBe("here");
  });

  test("a body slower than 240 bytes a second: 408, the provider is let go", async () => {
    const clock = movableClock();
    const { gateway, upstream } = await start({ clock, timeouts: { first_byte_ms: 0, idle_ms: 0 } });
    const client = await clientOf(gateway);
    await client.send(`${head("content-length: 1000000", `x-replay-id: ${chat.id}`)}${"a".repeat(500)}`);
    await until("bytes came through", () => upstream.requests[0]?.bodySizeBytes === 500);
    clock.forward(11_000);
    const answer = await (await client.nextResponse("POST")).whole();
    expect([answer.status, (JSON.parse(answer.body.toString()) as { internalCode: number }).internalCode]).toEqual([
      408, 9003,
    ]);
    await upstream.nextAbort();
    expect(gateway.records().map((record) => record.success)).toEqual([false]);
  });

  test("a small body slower than that: 408, no provider is called", async () => {
    const clock = movableClock();
    const { gateway, upstream } = await start({ clock });
    const client = await clientOf(gateway);
    await client.send(`${head("content-length: 1000")}{`);
    await Bun.sleep(50);
    clock.forward(11_000);
    expect((await client.nextResponse("POST")).status).toBe(408);
    await until("the record", () => gateway.recordCount() === 1);
    expect(gateway.records()[0]).toMatchObject({
      outcome: "refused",
      statusCode: 408,
      errorCode: 9003,
      cause: "too_slow",
    });
    expect(upstream.requests).toHaveLength(0);
  });

  test("a body faster than that may take its time", async () => {
    const clock = movableClock();
    const { gateway, upstream } = await start({ clock, timeouts: { first_byte_ms: 0 } });
    const client = await clientOf(gateway);
    await client.send(head("content-length: 300000", `x-replay-id: ${chat.id}`));
    for (let sent = 0; sent < 300_000; sent += 50_000) {
      await client.send(Buffer.alloc(50_000));
      await until("bytes came through", () => upstream.requests[0]?.bodySizeBytes === sent + 50_000);
      clock.forward(30_000);
      await Bun.sleep(30);
    }
    expect((await client.nextResponse("POST")).status).toBe(200);
  });

  test("whoever waits for 100 Continue is not slow", async () => {
    const clock = movableClock();
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    open.push({ stop: () => silent.stop(true) });
    const gateway = await startGateway({
      clock,
      providers: { openai: { base_url: `https://127.0.0.1:${silent.port}`, dialect: null } },
      timeouts: { connect_ms: 60_000, first_byte_ms: 0 },
    });
    open.push(gateway);
    const client = await clientOf(gateway);
    await client.send(head("content-length: 1000000", "expect: 100-continue"));
    await Bun.sleep(50);
    clock.forward(25_000);
    await Bun.sleep(80);
    expect(client.isOpen()).toBe(true);
    clock.forward(40_000);
    const answer = await (await client.nextResponse("POST")).whole();
    expect(JSON.parse(answer.body.toString())).toMatchObject({ details: { cause: "connect_timeout" } });
  });
});

describe("pipelined requests", () => {
  test("are answered in order, each with its own answer", async () => {
    const { gateway, upstream } = await start();
    const bodies = Array.from({ length: 20 }, (_, index) => ({ id: `numbered-${index}`, text: `answer ${index}` }));
    for (const { id, text } of bodies) upstream.add({ ...chat, id, response: { ...chat.response, body: text } });
    const client = await clientOf(gateway);
    const requests = bodies.map(({ id }, index) => {
      const delay = `x-replay-delay-ms: ${index % 3 === 0 ? 30 : 0}`;
      const sizeBytes = index % 2 === 0 ? 0 : 5;
      return head(`x-replay-id: ${id}`, delay, `content-length: ${sizeBytes}`) + "a".repeat(sizeBytes);
    });
    await client.send(requests.join(""));
    for (const { text } of bodies) {
      const answer = await (await client.nextResponse("POST")).whole();
      expect([answer.status, answer.body.toString(), answer.ending]).toEqual([200, text, "clean"]);
    }
    expect(gateway.recordCount()).toBe(20);
  });

  test("after a chunked one too", async () => {
    const { gateway } = await start();
    const client = await clientOf(gateway);
    const first = `${head(`x-replay-id: ${chat.id}`, "transfer-encoding: chunked")}2\r\n{}\r\n0\r\n\r\n`;
    await client.send(`${first}GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n${first}`);
    expect((await (await client.nextResponse("POST")).whole()).body).toEqual(bodyBytes(chat.response));
    expect((await (await client.nextResponse()).whole()).body.toString()).toBe('{"status":"ok"}');
    expect((await client.nextResponse("POST")).status).toBe(200);
  });

  test("ten thousand in one go", async () => {
    const { gateway } = await start();
    const client = await clientOf(gateway);
    const count = 10_000;
    await client.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(count));
    for (let index = 0; index < count; index += 1) {
      const live = await client.nextResponse();
      if (live.status !== 200) expect(live.status).toBe(200);
    }
  });

  test("megabytes ahead of a slow answer wait in the network, and are answered in the end", async () => {
    const { gateway } = await start();
    const client = await clientOf(gateway);
    await ask(client, `x-replay-id: ${chat.id}`, "x-replay-delay-ms: 300");
    const beforeBytes = process.memoryUsage.rss();
    const count = 60;
    const ahead = head(`x-replay-id: ${chat.id}`, "content-length: 100000") + "a".repeat(100_000);
    void client.send(ahead.repeat(count)).catch(() => {});
    await Bun.sleep(200);
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(60_000_000);
    for (let index = 0; index <= count; index += 1) expect((await client.nextResponse("POST")).status).toBe(200);
  });
});

describe("half-open connections", () => {
  /** A client that neither closes when the other side does nor sends anything of itself. */
  function stubbornClient(port: number): Promise<Socket> {
    return new Promise((resolve) => {
      const socket: Socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => resolve(socket));
      socket.on("error", () => {});
      open.push({ stop: () => void socket.destroy() });
    });
  }

  test("a client that closes its half counts as gone", async () => {
    const { gateway, upstream } = await start();
    const socket = await stubbornClient(gateway.port);
    socket.write(head(`x-replay-id: ${chat.id}`, "x-replay-hang: 1", "content-length: 0"));
    await upstream.nextRequest();
    socket.end();
    await upstream.nextAbort(1000);
    await until("the record", () => gateway.recordCount() === 1);
    expect(gateway.records()[0]).toMatchObject({ outcome: "client_aborted" });
  });

  test.each([
    ["after an answer", "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"],
    ["after a refusal", "GET / HTTP/9\r\n\r\n"],
    ["after nothing", ""],
    ["after half a head", "GET / HT"],
  ])("a client that never closes is let go %s", async (_, bytes) => {
    const clock = movableClock();
    const { gateway } = await start({ clock, timeouts: { client_head_ms: 5000, keep_alive_ms: 5000 } });
    const socket = await stubbornClient(gateway.port);
    if (bytes !== "") socket.write(bytes);
    socket.resume();
    await Bun.sleep(30);
    // One step for the head time-out, another for the moment a refused client is given.
    for (let step = 0; step < 2; step += 1) {
      clock.forward(6000);
      await Bun.sleep(50);
    }
    await until("let go", () => gateway.held().clientConnections === 0 && gateway.held().deadlines === 0);
  });

  test("a client that goes on sending after a refusal is cut off", async () => {
    const clock = movableClock();
    const { gateway } = await start({ clock, limits: { max_body_bytes: 1000 } });
    const socket = await stubbornClient(gateway.port);
    socket.write(head("content-length: 1001"));
    const ticking = setInterval(() => void socket.write("a".repeat(1000)), 10);
    await Bun.sleep(50);
    expect(gateway.held().clientConnections).toBe(1);
    clock.forward(2100);
    await until("let go", () => gateway.held().clientConnections === 0);
    clearInterval(ticking);
  });
});

describe("idle connections", () => {
  test("2,000 of them: bounded memory, others unaffected", async () => {
    const { gateway } = await start();
    Bun.gc(true);
    const beforeBytes = process.memoryUsage.rss();
    const idle: { end(): unknown }[] = [];
    for (let round = 0; round < 20; round += 1) {
      const options = { hostname: "127.0.0.1", port: gateway.port, socket: { data() {} } };
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => Bun.connect(options)))));
    }
    await until("all are open", () => gateway.held().clientConnections === 2000);
    expect(process.memoryUsage.rss() - beforeBytes).toBeLessThan(100_000_000);
    const startedAtMs = performance.now();
    const answer = await requestOnce(gateway.port, {
      method: "POST",
      target: path,
      headerLines: ["host: a", `x-replay-id: ${chat.id}`],
      body: Buffer.from("{}"),
    });
    expect(answer.status).toBe(200);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
    for (const connection of idle) connection.end();
    await until("all are gone", () => gateway.held().clientConnections === 0, 5000);
  }, 20_000);

  test("are closed after keep_alive_ms, not while they are used", async () => {
    const { gateway } = await start({ timeouts: { keep_alive_ms: 150 } });
    const client = await clientOf(gateway);
    for (let round = 0; round < 4; round += 1) {
      await ask(client, `x-replay-id: ${chat.id}`, "x-replay-delay-ms: 60");
      expect((await (await client.nextResponse("POST")).whole()).status).toBe(200);
      await Bun.sleep(60);
    }
    const idleAtMs = performance.now();
    expect(await client.ended).toBe("closed");
    expect(performance.now() - idleAtMs).toBeLessThan(600);
  });
});
