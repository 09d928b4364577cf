import { afterEach, describe, expect, test } from "bun:test";
import type { BodySnapshot } from "../../src/core/exchange.ts";
import { makeCertificate } from "../support/make-certificate.ts";
import { openSocket } from "../support/socket-client.ts";
import { startSocketUpstream, type SocketScript, type SocketUpstream } from "../support/socket-upstream.ts";
import { type GatewayOptions, startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

let gateway: StartedGateway;
let upstream: SocketUpstream;

async function start(script: SocketScript = {}, options: GatewayOptions = {}): Promise<void> {
  upstream = startSocketUpstream(script);
  const base_url = upstream.url;
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${base_url}/v1`, dialect: null },
      "custom-voice": { base_url: `${base_url}/deep`, dialect: null },
    },
    ...options,
  });
}

afterEach(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

const path = "/v1/default/default/custom-voice/talk";
const lastRecord = async () => {
  await until("a record", () => gateway.recordCount() > 0);
  return gateway.records().at(-1);
};

describe("frames", () => {
  test("pass both ways, unchanged and in order, text and binary, small and large", async () => {
    await start({ message: (session, message) => session.send(message) });
    const client = await openSocket(gateway.url, `${path}?a=%20b`);
    const sent = [
      "grüße",
      "",
      Buffer.from([0, 255, 1]),
      "x".repeat(70_000),
      Buffer.alloc(1_500_000, 7),
      ...Array.from({ length: 200 }, (_, index) => `message ${index}`),
    ];
    for (const message of sent) client.send(message);
    for (const message of sent) expect(await client.next()).toEqual(message);
    expect(upstream.sessions[0]?.target).toBe("/deep/talk?a=%20b");
    expect(upstream.sessions[0]?.messages).toEqual(sent);
    client.close();
    await client.closed;
  });

  test("extensions are not offered to the provider, so that none changes the frames", async () => {
    await start({ message: (session, message) => session.send(message) });
    const client = await openSocket(gateway.url, path);
    client.send("a".repeat(5000));
    expect(await client.next()).toBe("a".repeat(5000));
    expect(upstream.sessions[0]?.headers.get("sec-websocket-extensions")).toBeNull();
    client.close();
  });

  test("what the provider says with its handshake is not lost", async () => {
    await start({ opened: (session) => session.send("hello") });
    const client = await openSocket(gateway.url, path);
    expect(await client.next()).toBe("hello");
    client.close();
  });
});

describe("a provider behind TLS", () => {
  async function startSecure(script: SocketScript): Promise<void> {
    const certificate = makeCertificate();
    upstream = startSocketUpstream(script, certificate);
    gateway = await startGateway({
      providers: { "custom-voice": { base_url: `${upstream.url}/deep`, dialect: null } },
      extraAuthorities: certificate.cert,
    });
  }

  test("frames pass both ways, large ones too, and the client's close arrives", async () => {
    await startSecure({ message: (session, message) => session.send(message) });
    const client = await openSocket(gateway.url, path);
    const sent = ["hello", Buffer.alloc(3_000_000, 5), "end"];
    for (const message of sent) client.send(message);
    for (const message of sent) expect(await client.next()).toEqual(message);
    client.close(4000, "bye");
    await until("a close", () => upstream.sessions[0]?.closed !== null);
    expect(upstream.sessions[0]?.closed).toEqual({ code: 4000, reason: "bye" });
    await until("nothing held", () => gateway.held().clientConnections === 0 && gateway.held().deadlines === 0);
  });

  test("the provider's close and its sudden end arrive", async () => {
    await startSecure({
      message: (session, message) => (message === "close" ? session.close(3001, "so") : session.cut()),
    });
    const closed = await openSocket(gateway.url, path);
    closed.send("close");
    expect(await closed.closed).toMatchObject({ code: 3001, reason: "so" });
    const cut = await openSocket(gateway.url, path);
    cut.send("cut");
    expect((await cut.closed).code).toBe(1014);
    await until("nothing held", () => gateway.held().clientConnections === 0 && gateway.held().deadlines === 0);
  });
});

describe("closes", () => {
  test("the client's code and reason reach the provider", async () => {
    await start();
    const client = await openSocket(gateway.url, path);
    client.close(4123, "enough");
    expect((await client.closed).code).toBe(4123);
    await until("a close", () => upstream.sessions[0]?.closed !== null);
    expect(upstream.sessions[0]?.closed).toEqual({ code: 4123, reason: "enough" });
    expect(await lastRecord()).toMatchObject({ outcome: "complete", success: true, statusCode: 101, cause: null });
  });

  test("the provider's code and reason reach the client, and tell the record how it went", async () => {
    await start({ message: (session) => session.close(1008, "not allowed") });
    const client = await openSocket(gateway.url, path);
    client.send("go");
    expect(await client.closed).toMatchObject({ code: 1008, reason: "not allowed" });
    expect(await lastRecord()).toMatchObject({ outcome: "error_in_answer", success: false, cause: "close_1008" });
  });

  test("a provider that ends well ends the session well", async () => {
    await start({ opened: (session) => session.close(1000, "done") });
    const client = await openSocket(gateway.url, path);
    expect(await client.closed).toMatchObject({ code: 1000, reason: "done" });
    expect(await lastRecord()).toMatchObject({ outcome: "complete", success: true });
  });

  test("a provider that is gone without a close gives the client 1014", async () => {
    await start({ message: (session) => session.cut() });
    const client = await openSocket(gateway.url, path);
    client.send("die");
    expect((await client.closed).code).toBe(1014);
    expect(await lastRecord()).toMatchObject({
      outcome: "upstream_broken",
      success: false,
      cause: "closed_mid_answer",
    });
  });

  test("a client that is gone without a close gives the provider 1011", async () => {
    await start({ opened: (session) => session.send("hello") });
    const client = await openSocket(gateway.url, path);
    await client.next();
    client.cut();
    await until("a close", () => upstream.sessions[0]?.closed !== null);
    expect(upstream.sessions[0]?.closed?.code).toBe(1011);
    expect(await lastRecord()).toMatchObject({ outcome: "client_aborted", cause: "client_gone" });
  });

  test("nothing is left open afterwards", async () => {
    await start({ message: (session, message) => session.send(message) });
    for (let round = 0; round < 20; round += 1) {
      const client = await openSocket(gateway.url, path);
      client.send("x");
      await client.next();
      if (round % 2 === 0) client.cut();
      else client.close();
    }
    await until("all gone", () => gateway.recordCount() === 20 && gateway.held().clientConnections === 0);
    await until("no deadlines", () => gateway.held().deadlines === 0);
    expect(gateway.held().idleUpstreamConnections).toBe(0);
  });

  test("a stop closes sockets with 1001 within its grace", async () => {
    await start({ opened: (session) => session.send("hello") });
    const client = await openSocket(gateway.url, path);
    await client.next();
    const startedAtMs = performance.now();
    await gateway.stop(3000);
    expect((await client.closed).code).toBe(1001);
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
    await until("a close", () => upstream.sessions[0]?.closed !== null);
    expect(upstream.sessions[0]?.closed?.code).toBe(1001);
    expect(gateway.records().at(-1)).toMatchObject({ cause: "gateway_stopped" });
  });

  test("the total time-out closes both sides, silence does not", async () => {
    await start(
      { message: (session, message) => session.send(message) },
      {
        timeouts: { total_ms: 700, idle_ms: 100, keep_alive_ms: 100, first_byte_ms: 100 },
      },
    );
    const client = await openSocket(gateway.url, path);
    await Bun.sleep(400);
    client.send("still there");
    expect(await client.next()).toBe("still there");
    expect((await client.closed).code).toBe(1001);
    expect(await lastRecord()).toMatchObject({ outcome: "timeout", cause: "total_timeout" });
  });
});

describe("handshakes", () => {
  test("a provider's refusal is passed on as it is, and recorded", async () => {
    const refuse = () =>
      Response.json({ error: { message: "bad key" } }, { status: 401, headers: { "x-request-id": "r1" } });
    await start({ refuse });
    const answer = await fetch(`${gateway.url}${path}`, {
      headers: {
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("x-request-id")).toBe("r1");
    expect(answer.headers.get("cf-aig-log-id")).not.toBeNull();
    expect(await answer.json()).toEqual({ error: { message: "bad key" } });
    expect(await lastRecord()).toMatchObject({ requestType: "websocket", statusCode: 401, success: false });
  });

  test("a handshake at fault is refused before any provider hears of it", async () => {
    await start();
    const headers = { connection: "upgrade", upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const old = await fetch(`${gateway.url}${path}`, { headers: { ...headers, "sec-websocket-version": "8" } });
    expect(old.status).toBe(426);
    expect(old.headers.get("sec-websocket-version")).toBe("13");
    const keyless = await fetch(`${gateway.url}${path}`, {
      headers: { ...headers, "sec-websocket-version": "13", "sec-websocket-key": "no" },
    });
    expect(keyless.status).toBe(400);
    expect(await keyless.json()).toMatchObject({ internalCode: 7001, details: { path: "sec-websocket-key" } });
    expect(upstream.sessions.length).toBe(0);
    expect(gateway.records().map(({ requestType }) => requestType)).toEqual(["websocket", "websocket"]);
  });

  test("an unknown provider and an unknown gateway are refused as elsewhere", async () => {
    await start();
    const open = (place: string) =>
      openSocket(gateway.url, place).then(
        () => "open",
        (error: Error) => error.message,
      );
    expect(await open("/v1/default/default/nobody/x")).toContain("101");
    expect(await open("/v1/default/other/custom-voice/x")).toContain("101");
  });

  test("fields of the gateway stay here, the provider's are answered with the gateway's own", async () => {
    await start({ choose: (offered) => offered.find((name) => name === "realtime") });
    const client = await openSocket(gateway.url, "/openai?model=gpt-realtime", {
      headers: { "cf-aig-metadata": '{"team":"a"}', "cf-aig-authorization": "secret", "openai-beta": "realtime=v1" },
      protocols: ["realtime", "openai-insecure-api-key.sk-1", "cf-aig-authorization.secret"],
    });
    expect(client.protocol).toBe("realtime");
    const [session] = upstream.sessions;
    expect(session?.target).toBe("/v1/realtime?model=gpt-realtime");
    const names = [...(session?.headers.keys() ?? [])];
    expect(names.filter((name) => name.startsWith("cf-aig-"))).toEqual([]);
    expect(session?.headers.get("sec-websocket-protocol")).toBe("realtime, openai-insecure-api-key.sk-1");
    expect(session?.headers.get("authorization")).toBe("Bearer sk-1");
    expect(session?.headers.get("openai-beta")).toBe("realtime=v1");
    client.close();
    expect(await lastRecord()).toMatchObject({ provider: "openai", model: "gpt-realtime", metadata: { team: "a" } });
  });

  test("a client that offers nothing but the gateway's protocol is answered with it", async () => {
    await start();
    const client = await openSocket(gateway.url, path, { protocols: ["cf-aig-authorization.secret"] });
    expect(client.protocol).toBe("cf-aig-authorization.secret");
    expect(upstream.sessions[0]?.headers.get("sec-websocket-protocol")).toBeNull();
    client.close();
  });
});

describe("records", () => {
  test("one for the whole session, with bytes both ways and what was said", async () => {
    await start({ message: (session, message) => session.send(`${String(message)}!`) });
    const client = await openSocket(gateway.url, path, { headers: { "cf-aig-event-id": "event-1" } });
    client.send('{"a":\n 1}');
    client.send(Buffer.alloc(10));
    await client.next();
    await client.next();
    await Bun.sleep(30);
    expect(gateway.recordCount()).toBe(0);
    client.close();
    const record = await lastRecord();
    expect(record).toMatchObject({
      requestType: "websocket",
      method: "GET",
      path: "talk",
      provider: "custom-voice",
      eventId: "event-1",
      statusCode: 101,
      cacheStatus: null,
      usage: null,
    });
    // Heads of 6 and 2 bytes, a close frame of 8 and of 4.
    expect(record?.requestSizeBytes).toBe(6 + 9 + 6 + 10 + 8);
    expect(record?.responseSizeBytes).toBeGreaterThan(9);
    expect(record?.durationMs).toBeGreaterThanOrEqual(30);
    expect(gateway.recordCount()).toBe(1);
  });

  test("keeps what was said, a message a line, unless it may not", async () => {
    await start({ message: (session) => session.send('{"b":2}') });
    const talk = async (headers: Record<string, string>) => {
      const before = gateway.recordCount();
      const client = await openSocket(gateway.url, path, { headers });
      client.send('{"a":\r\n1}');
      await client.next();
      client.send(Buffer.from("sound"));
      await client.next();
      client.close();
      await until("a record", () => gateway.recordCount() > before);
      const bodies = gateway.bodies().at(-1);
      const text = (body: BodySnapshot | null | undefined) =>
        body?.pieces.map((piece) => piece.toString()).join("") ?? null;
      return { record: gateway.records().at(-1), said: text(bodies?.request), answered: text(bodies?.response) };
    };
    const kept = await talk({});
    expect(kept).toMatchObject({ said: '{"a":  1}\n', answered: '{"b":2}\n{"b":2}\n' });
    expect(kept.record).toMatchObject({ requestContentType: "application/x-ndjson", isLogged: true });
    const unkept = await talk({ "cf-aig-collect-log-payload": "false" });
    expect(unkept).toMatchObject({ said: null, answered: null, record: { isLogged: true } });
    expect((await talk({ "cf-aig-collect-log": "false" })).record?.isLogged).toBe(false);
  });

  test("a long session keeps only its beginning", async () => {
    await start({ message: (session, message) => session.send(message) });
    const client = await openSocket(gateway.url, path);
    for (let index = 0; index < 40; index += 1) {
      client.send("x".repeat(10_000));
      await client.next();
    }
    client.close();
    await lastRecord();
    const response = gateway.bodies().at(-1)?.response;
    expect(response?.isComplete).toBe(false);
    expect(response?.pieces.reduce((sum, { length }) => sum + length, 0)).toBe(256 * 1024);
  });
});
