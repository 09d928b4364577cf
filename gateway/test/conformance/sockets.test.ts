import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openSocket, type SocketOptions } from "../support/socket-client.ts";
import { startSocketUpstream, type SocketUpstream } from "../support/socket-upstream.ts";
import { startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { testToken } from "../support/test-token.ts";
import { until } from "../support/until.ts";

const token = testToken({ id: "plain" });
const bound = testToken({ id: "bound", models: ["openai/gpt-realtime"] });
const expired = testToken({ id: "expired", expiresAtMs: Date.now() - 1 });
let gateway: StartedGateway;
let provider: SocketUpstream;
let chat: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
  provider = startSocketUpstream({
    choose: (offered) => offered.find((name) => name === "realtime"),
    message: (session, message) => session.send(message),
  });
  chat = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({ id: "chatcmpl-1", choices: [] }) });
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${provider.url}/v1`, dialect: null },
      groq: { base_url: `http://127.0.0.1:${chat.port}`, dialect: null },
    },
    gateways: { locked: { authentication: true } },
    objects: [token.object, bound.object, expired.object],
  });
});
afterAll(async () => {
  await gateway.stop();
  provider[Symbol.dispose]();
  await chat.stop(true);
});

const newest = async (count: number) => {
  await until("a record", () => gateway.recordCount() > count);
  return gateway.records().at(-1);
};

/** What a client may say that carries the gateway's token. */
const credentials: readonly (readonly [string, SocketOptions])[] = [
  ["the header with Bearer", { headers: { "cf-aig-authorization": `Bearer ${token.text}` } }],
  ["the header with the token alone", { headers: { "cf-aig-authorization": token.text } }],
  ["a subprotocol", { protocols: [`cf-aig-authorization.${token.text}`] }],
];

describe("D18 realtime relay", () => {
  test.each(credentials)("with %s: let in, the token stays here, frames pass", async (_name, options) => {
    const before = gateway.recordCount();
    const sessions = provider.sessions.length;
    const client = await openSocket(gateway.url, "/v1/default/locked/openai?model=gpt-realtime", {
      headers: { authorization: "Bearer sk-provider", ...options.headers },
      ...(options.protocols === undefined ? {} : { protocols: options.protocols }),
    });
    expect(client.protocol).toBe(options.protocols?.[0] ?? "");
    client.send('{"type":"response.create"}');
    expect(await client.next()).toBe('{"type":"response.create"}');
    const session = provider.sessions[sessions];
    expect(session?.target).toBe("/v1/realtime?model=gpt-realtime");
    expect(session?.headers.get("authorization")).toBe("Bearer sk-provider");
    expect(JSON.stringify([...(session?.headers ?? [])])).not.toContain(token.text);
    client.close();
    expect(await newest(before)).toMatchObject({ requestType: "websocket", tokenId: "plain", model: "gpt-realtime" });
  });

  test("the short form reaches the default gateway of the default account", async () => {
    const before = gateway.recordCount();
    const client = await openSocket(gateway.url, "/openai/realtime?model=gpt-realtime");
    client.close();
    expect(await newest(before)).toMatchObject({ gatewayId: "default", path: "realtime" });
  });

  test.each([
    ["no token", {}],
    ["a token that has expired", { protocols: [`cf-aig-authorization.${expired.text}`] }],
    ["a token that may not use the model", { protocols: [`cf-aig-authorization.${bound.text}`] }],
  ] as const)("with %s: refused before any provider hears of it", async (_name, options) => {
    const sessions = provider.sessions.length;
    const path = "/v1/default/locked/openai?model=gpt-realtime-mini";
    await expect(openSocket(gateway.url, path, options)).rejects.toThrow();
    expect(provider.sessions.length).toBe(sessions);
    expect(gateway.records().at(-1)).toMatchObject({ requestType: "websocket", outcome: "refused" });
  });

  test("a token that is bound to models may use them, and no socket whose model cannot be known", async () => {
    const protocols = [`cf-aig-authorization.${bound.text}`];
    const open = (path: string) => openSocket(gateway.url, `/v1/default/locked/openai${path}`, { protocols });
    (await open("?model=gpt-realtime")).close();
    await expect(open("/responses?model=gpt-realtime")).rejects.toThrow();
    await expect(open("?model=gpt-realtime&model=gpt-5")).rejects.toThrow();
  });
});

describe("D18 universal socket", () => {
  const message = JSON.stringify({
    type: "universal.create",
    request: { eventId: "r1", provider: "groq", endpoint: "chat/completions", query: { model: "m" } },
  });

  test.each(credentials)("with %s: let in, and so is each request", async (_name, options) => {
    const client = await openSocket(gateway.url, "/v1/default/locked", options);
    client.send(message);
    expect(JSON.parse(String(await client.next()))).toMatchObject({
      type: "universal.created",
      metadata: { eventId: "r1", step: "0", cacheStatus: "MISS", contentType: expect.stringContaining("json") },
      response: { id: "chatcmpl-1" },
    });
    expect(gateway.records().at(-1)).toMatchObject({ requestType: "universal", tokenId: "plain", provider: "groq" });
    client.close();
  });

  test("without a token, or with one that does not count: refused", async () => {
    await expect(openSocket(gateway.url, "/v1/default/locked")).rejects.toThrow();
    const protocols = [`cf-aig-authorization.${expired.text}`];
    await expect(openSocket(gateway.url, "/v1/default/locked", { protocols })).rejects.toThrow();
  });
});
