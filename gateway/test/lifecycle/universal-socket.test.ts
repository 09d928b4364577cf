import { afterEach, describe, expect, test } from "bun:test";
import { writeFrame } from "../../src/websocket/write-frame.ts";
import { hasHead, startScriptedUpstream } from "../support/scripted-upstream.ts";
import { openSocket, type SocketClient } from "../support/socket-client.ts";
import { type GatewayOptions, startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

let gateway: StartedGateway;
let upstream: ReturnType<typeof Bun.serve>;
let aborted = 0;

async function start(
  answer: (request: Request) => Response | Promise<Response>,
  options: GatewayOptions = {},
): Promise<void> {
  aborted = 0;
  upstream = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: (request) => answer(request) });
  const base_url = `http://127.0.0.1:${upstream.port}/v1`;
  gateway = await startGateway({ providers: { openai: { base_url, dialect: null } }, ...options });
}

afterEach(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

const open = (options = {}) => openSocket(gateway.url, "/v1/default/default", options);
const query = { model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] };

function create(client: SocketClient, eventId: string, changes: Record<string, unknown> = {}): void {
  const headers = { Authorization: "Bearer sk-1" };
  const request = { eventId, provider: "openai", endpoint: "chat/completions", headers, query, ...changes };
  client.send(JSON.stringify({ type: "universal.create", request }));
}

const next = async (client: SocketClient) => JSON.parse(String(await client.next())) as Record<string, unknown>;

/** A stream of `events`, each after `gapMs`, that never ends when `isEndless`. */
function stream(events: readonly string[], { gapMs = 0, isEndless = false } = {}): Response {
  const body = new ReadableStream<string>({
    async start(controller) {
      for (const event of events) {
        controller.enqueue(event);
        if (gapMs > 0) await Bun.sleep(gapMs);
      }
      if (!isEndless) controller.close();
    },
    cancel: () => void (aborted += 1),
  });
  return new Response(body as never, { headers: { "content-type": "text/event-stream" } });
}

describe("answers", () => {
  test("whole: one message with metadata and the parsed body; numbers stay as they were written", async () => {
    let seen: { url: string; headers: Headers; body: string } | null = null;
    await start(async (request) => {
      seen = { url: new URL(request.url).pathname, headers: request.headers, body: await request.text() };
      return new Response('{"id":12345678901234567890,"choices":[]}', {
        headers: { "content-type": "application/json" },
      });
    });
    const client = await openSocket(gateway.url, "/v1/default/default/", {
      headers: { "cf-aig-metadata": '{"team":"a"}' },
    });
    create(client, "r1");
    const text = String(await client.next());
    expect(text).toContain('"response":{"id":12345678901234567890,"choices":[]}');
    const { type, metadata } = JSON.parse(text) as { type: string; metadata: Record<string, unknown> };
    expect(type).toBe("universal.created");
    expect(metadata).toEqual({
      cacheStatus: "MISS",
      eventId: "r1",
      logId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      step: "0",
      contentType: "application/json",
    });
    const sent = seen as unknown as { url: string; headers: Headers; body: string };
    expect(sent.url).toBe("/v1/chat/completions");
    expect(sent.headers.get("authorization")).toBe("Bearer sk-1");
    expect([...sent.headers.keys()].filter((name) => /^(?:cf-aig-|sec-websocket|upgrade)/.test(name))).toEqual([]);
    expect(sent.body).toBe(JSON.stringify(query));
    expect(gateway.records()[0]).toMatchObject({
      id: metadata["logId"],
      eventId: "r1",
      requestType: "universal",
      provider: "openai",
      model: "gpt-4o-mini",
      metadata: { team: "a" },
      outcome: "complete",
    });
    client.close();
  });

  test("streamed: created without a response, one message an event, no [DONE], then done", async () => {
    await start(() =>
      stream(['data: {"n":1}\n\n', ": ping\n\n", 'data: {"n":\r\n', "data: 2}\r\n\r\n", "data: [DONE]\n\n"]),
    );
    const client = await open();
    create(client, "r1", { query: { ...query, stream: true } });
    const created = await next(client);
    const metadata = { eventId: "r1", contentType: "text/event-stream", step: "0", cacheStatus: "MISS" };
    expect(created).toMatchObject({ type: "universal.created", metadata });
    expect(created).not.toHaveProperty("response");
    expect(await next(client)).toEqual({ type: "universal.stream", metadata: { eventId: "r1" }, response: { n: 1 } });
    expect(await next(client)).toEqual({ type: "universal.stream", metadata: { eventId: "r1" }, response: { n: 2 } });
    expect(await next(client)).toEqual({ type: "universal.done", metadata: created["metadata"] });
    client.close();
  });

  test("several at once are told apart by their ids, and do not wait for one another", async () => {
    await start(async (request) => {
      const { model } = (await request.json()) as { model: string };
      if (model === "slow") return stream(['data: {"from":"slow"}\n\n', 'data: {"from":"slow"}\n\n'], { gapMs: 150 });
      return Response.json({ from: model });
    });
    const client = await open();
    create(client, "slow", { query: { model: "slow" } });
    const fast = Array.from({ length: 20 }, (_, index) => `fast-${index}`);
    for (const id of fast) create(client, id, { query: { model: id } });
    const messages: Record<string, unknown>[] = [];
    while (messages.at(-1)?.["type"] !== "universal.done") messages.push(await next(client));
    const answersOf = (id: string) =>
      messages
        .filter(({ metadata }) => (metadata as { eventId: string }).eventId === id)
        .map(({ response }) => response);
    for (const id of fast) expect(answersOf(id)).toEqual([{ from: id }]);
    expect(answersOf("slow")).toEqual([undefined, { from: "slow" }, { from: "slow" }, undefined]);
    expect(gateway.recordCount()).toBe(21);
    client.close();
  });

  test("a provider's error is passed on with its status; other bodies come as text or base64", async () => {
    await start((request) => {
      const path = new URL(request.url).pathname;
      if (path.endsWith("image"))
        return new Response(Buffer.from([0, 1, 255]), { headers: { "content-type": "image/png" } });
      if (path.endsWith("text")) return new Response("plain", { headers: { "content-type": "text/plain" } });
      return Response.json({ error: { message: "bad key" } }, { status: 401 });
    });
    const client = await open();
    create(client, "r1");
    expect(await next(client)).toMatchObject({
      type: "universal.created",
      metadata: { eventId: "r1", statusCode: 401 },
      response: { error: { message: "bad key" } },
    });
    create(client, "r2", { endpoint: "text" });
    expect(await next(client)).toMatchObject({ response: "plain" });
    create(client, "r3", { endpoint: "image" });
    expect(await next(client)).toMatchObject({ response: Buffer.from([0, 1, 255]).toString("base64") });
    client.close();
  });

  test("controls of a step go before those of the handshake", async () => {
    let calls = 0;
    await start(() => {
      calls += 1;
      return new Response("{}", { status: 503, headers: { "content-type": "application/json" } });
    });
    const client = await open({ headers: { "cf-aig-max-attempts": "3", "cf-aig-retry-delay": "1" } });
    create(client, "r1");
    await next(client);
    expect(calls).toBe(3);
    create(client, "r2", { headers: { "cf-aig-max-attempts": "2" } });
    await next(client);
    expect(calls).toBe(5);
    client.close();
  });
});

describe("errors", () => {
  test("messages that cannot be followed are answered and change nothing else", async () => {
    await start(() => Response.json({ ok: true }));
    const client = await open();
    const told = async (message: string) => {
      client.send(message);
      return await next(client);
    };
    const error = (text: string, eventId?: string) => ({
      type: "error",
      error: [{ code: 7001, message: expect.stringContaining(text) }],
      metadata: eventId === undefined ? {} : { eventId },
    });
    expect(await told("{nonsense")).toEqual(error("not JSON"));
    expect(await told("[]")).toEqual(error("JSON object"));
    expect(await told('{"type":"universal.made"}')).toEqual(error("universal.create"));
    expect(await told('{"type":"universal.create"}')).toEqual(error("request must be an object"));
    expect(await told('{"type":"universal.create","request":{"eventId":7}}')).toEqual(error("eventId must be"));
    expect(await told('{"type":"universal.create","request":{"eventId":"a\\nb"}}')).toEqual(
      error("eventId must be", "a\nb"),
    );
    expect(await told('{"type":"universal.create","request":{"eventId":"e"}}')).toEqual(
      error("provider is missing", "e"),
    );
    expect(await told('{"type":"universal.cancel","eventId":"x"}')).toEqual(error("under way", "x"));
    create(client, "r1", { provider: "nobody" });
    expect(await next(client)).toEqual({
      type: "error",
      error: [{ code: 2008, message: "Invalid provider" }],
      metadata: { eventId: "r1" },
    });
    create(client, "r2");
    expect(await next(client)).toMatchObject({ type: "universal.created", response: { ok: true } });
    client.close();
  });

  test("a provider that cannot be reached, and one that breaks off, are told as errors", async () => {
    const event = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
    using broken = startScriptedUpstream({
      data(connection) {
        if (!hasHead(connection)) return;
        const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        connection.write(`${head}${event.length.toString(16)}\r\n${event}\r\n`);
        connection.close();
      },
    });
    await start(() => Response.json({}), {
      providers: {
        openai: { base_url: broken.url, dialect: null },
        "custom-none": { base_url: "http://127.0.0.1:1", dialect: null },
      },
    });
    const client = await open();
    create(client, "r1");
    const types: unknown[] = [];
    for (let message = await next(client); ; message = await next(client)) {
      types.push(message["type"]);
      if (message["type"] !== "error") continue;
      expect(message).toMatchObject({ error: [{ code: 2005 }], metadata: { eventId: "r1" } });
      break;
    }
    expect(types.slice(0, 2)).toEqual(["universal.created", "universal.stream"]);
    create(client, "r2", { provider: "custom-none" });
    expect(await next(client)).toMatchObject({ type: "error", error: [{ code: 2005 }], metadata: { eventId: "r2" } });
    client.close();
  });

  test("an id that is under way cannot be used again, but afterwards", async () => {
    await start(async () => {
      await Bun.sleep(60);
      return Response.json({});
    });
    const client = await open();
    create(client, "r1");
    create(client, "r1");
    expect(await next(client)).toMatchObject({ type: "error", metadata: { eventId: "r1" } });
    expect(await next(client)).toMatchObject({ type: "universal.created" });
    create(client, "r1");
    expect(await next(client)).toMatchObject({ type: "universal.created" });
    client.close();
  });

  test("a message over the bound, or no WebSocket frame, ends the socket with the code for it", async () => {
    await start(() => Response.json({}), { limits: { max_body_bytes: 1000 } });
    const client = await open();
    client.send("x".repeat(1001));
    expect((await client.closed).code).toBe(1009);
  });
});

describe("ends", () => {
  const endless = () => stream(['data: {"n":1}\n\n'], { isEndless: true });

  test("a cancelled request is given up at the provider, the others go on", async () => {
    await start((request) => (request.headers.get("x-kind") === "endless" ? endless() : Response.json({ ok: true })));
    const client = await open();
    create(client, "r1", { headers: { "x-kind": "endless" } });
    await next(client);
    await next(client);
    client.send('{"type":"universal.cancel","eventId":"r1"}');
    expect(await next(client)).toEqual({ type: "universal.cancelled", metadata: { eventId: "r1" } });
    await until("an abort", () => aborted === 1);
    create(client, "r2");
    expect(await next(client)).toMatchObject({ response: { ok: true } });
    expect(gateway.records()[0]).toMatchObject({ eventId: "r1", outcome: "client_aborted" });
    client.close();
  });

  test.each(["close", "cut"] as const)("a client that leaves (%s) gives up everything under way", async (how) => {
    await start(endless);
    const client = await open();
    for (const id of ["a", "b", "c"]) create(client, id);
    for (let index = 0; index < 6; index += 1) await next(client);
    client[how]();
    await until("aborts", () => aborted === 3);
    await until("records", () => gateway.recordCount() === 3);
    expect(gateway.records().map(({ outcome }) => outcome)).toEqual(Array(3).fill("client_aborted"));
    await until("nothing held", () => gateway.held().clientConnections === 0 && gateway.held().deadlines === 0);
  });

  test("a stop lets what is under way end, refuses more, and closes with 1001", async () => {
    await start(async () => {
      await Bun.sleep(150);
      return Response.json({ ok: true });
    });
    const idle = await open();
    const busy = await open();
    create(busy, "r1");
    await Bun.sleep(30);
    const stopped = gateway.stop(3000);
    expect((await idle.closed).code).toBe(1001);
    create(busy, "r2");
    expect(await next(busy)).toMatchObject({ type: "error", error: [{ code: 9005 }], metadata: { eventId: "r2" } });
    expect(await next(busy)).toMatchObject({ type: "universal.created", metadata: { eventId: "r1" } });
    expect((await busy.closed).code).toBe(1001);
    await stopped;
  });

  test("a client that does not read stops the provider", async () => {
    let pulled = 0;
    const event = `data: ${JSON.stringify("x".repeat(100_000))}\n\n`;
    await start(() => {
      const body = new ReadableStream<string>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(event);
        },
      });
      return new Response(body as never, { headers: { "content-type": "text/event-stream" } });
    });
    const request = JSON.stringify({
      type: "universal.create",
      request: { eventId: "r1", provider: "openai", endpoint: "chat/completions", query },
    });
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: gateway.port,
      socket: { data: (slow) => void slow.pause() },
    });
    const handshake =
      "GET /v1/default/default HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write(
      Buffer.concat([Buffer.from(handshake), writeFrame({ opcode: 1, payload: Buffer.from(request), isMasked: true })]),
    );
    await until("events", () => pulled > 3);
    await Bun.sleep(500);
    const stalledAt = pulled;
    await Bun.sleep(300);
    expect(pulled - stalledAt).toBeLessThan(3);
    expect(pulled * event.length).toBeLessThan(64_000_000);
    socket.terminate();
  });
});
