import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/core/gateway-settings.ts";
import { budgetSchema } from "../../src/limits/budget-settings.ts";
import { limitSchema } from "../../src/limits/limit-settings.ts";
import { openSharedCounterStore } from "../../src/stores/shared-memory/shared-counter-store.ts";
import { openSocket, type SocketClient } from "../support/socket-client.ts";
import { startSocketUpstream, type SocketUpstream, type UpstreamSession } from "../support/socket-upstream.ts";
import { type StartedGateway, startGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

const HOUR = 3600;
/** What is reserved of a model that nothing was seen of. */
const UNSEEN = 1024;
/** A dollar for a thousand tokens of either kind. */
const PRICE = { "cf-aig-custom-cost": '{"per_token_in":0.001,"per_token_out":0.001}' };
const path = "/v1/default/default/openai/realtime?model=gpt-realtime";

let upstream: SocketUpstream;
let gateway: StartedGateway;

beforeEach(() => {
  upstream = startSocketUpstream({ message: answer, refuse: refuseOthers });
});
afterEach(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

/** `100` is answered as a turn of a hundred tokens of output would be; JSON, as Gemini Live does. */
function answer(session: UpstreamSession, message: string | Buffer): void {
  const text = String(message);
  if (text.startsWith("{")) {
    const { say } = JSON.parse(text) as { readonly say?: unknown };
    if (say !== undefined) session.send(Buffer.from(JSON.stringify(say)));
    return;
  }
  const usage = { input_tokens: 0, output_tokens: Number(text), total_tokens: Number(text) };
  session.send(JSON.stringify({ type: "response.done", response: { usage } }));
}

/** What is no socket is told so: a request that tells in its fields how limits stand. */
function refuseOthers(request: Request): Response | undefined {
  return request.headers.get("upgrade") === null ? Response.json({}, { status: 404 }) : undefined;
}

async function start(limits: Record<string, JsonObject>, budgets: Record<string, JsonObject> = {}): Promise<void> {
  const objects = [
    ...Object.entries(limits).map(([id, limit]) => ({ kind: "limit" as const, id, value: limitSchema.parse(limit) })),
    ...Object.entries(budgets).map(([id, each]) => ({ kind: "budget" as const, id, value: budgetSchema.parse(each) })),
  ];
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      "google-ai-studio": { base_url: upstream.url, dialect: null },
    },
    objects: objects.map(({ value, ...object }) => ({ accountId: "default", ...object, value: value as JsonObject })),
    shared: { counters: openSharedCounterStore({ path: null }) },
  });
}

/** What is left in the one limit that is told, asked by a request that takes nothing of it. */
async function left(): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/default/default/openai/models?x`, {
    headers: { authorization: "Bearer sk-test" },
  });
  await response.arrayBuffer();
  return Number(/;r=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1]);
}

async function turn(client: SocketClient, tokens: number): Promise<void> {
  client.send(String(tokens));
  await client.next();
}

const open = (headers: Record<string, string> = {}): Promise<SocketClient> =>
  openSocket(gateway.url, path, { headers: { authorization: "Bearer sk-test", ...headers } });

describe("tokens", () => {
  const limit = { metric: "tokens_out", limit: 10_000, window: HOUR };

  test("count while the session runs, with a reservation for what comes next, and are exact in the end", async () => {
    await start({ tokens: limit });
    expect(await left()).toBe(10_000);
    const client = await open();
    expect(await left()).toBe(10_000 - UNSEEN);
    await turn(client, 600);
    expect(await left()).toBe(10_000 - 600 - UNSEEN);
    await turn(client, 3000);
    // As much as was used at once is reserved from then on.
    expect(await left()).toBe(10_000 - 3600 - 3000);
    client.close();
    await client.closed;
    await until("a record", () => gateway.records().some(({ requestType }) => requestType === "websocket"));
    expect(await left()).toBe(10_000 - 3600);
    expect(gateway.records().find(({ requestType }) => requestType === "websocket")).toMatchObject({
      outcome: "complete",
      cause: null,
      usage: { outputTokens: 3600 },
    });
  });

  test("a session without room for another turn is closed with 1008 and the limit's name; what it used counts", async () => {
    await start({ tokens: { ...limit, limit: 3000 } });
    const client = await open();
    await turn(client, 1900);
    await client.closed.then((closed) =>
      expect(closed).toMatchObject({ code: 1008, reason: 'limit "tokens" is used up' }),
    );
    await until("a close", () => upstream.sessions[0]?.closed !== null);
    expect(upstream.sessions[0]?.closed?.code).toBe(1001);
    expect(gateway.records()[0]).toMatchObject({
      outcome: "complete",
      cause: "limit tokens",
      usage: { outputTokens: 1900 },
    });
    expect(await left()).toBe(1100);
    await until("the session is gone", () => gateway.held().clientConnections <= 1);
  });

  test("a session is not opened where one turn has no room", async () => {
    await start({ tokens: { ...limit, limit: 1000 } });
    expect(await open().catch((error: Error) => error.message)).toContain("429");
    expect(upstream.sessions).toHaveLength(0);
    expect(gateway.records()).toMatchObject([{ outcome: "refused", errorCode: 2003 }]);
    expect(await left()).toBe(1000);
  });

  test("two sessions share one limit", async () => {
    await start({ tokens: { ...limit, limit: 5000 } });
    const [first, second] = [await open(), await open()];
    await turn(first, 1500);
    expect(await left()).toBe(5000 - 1500 - 1500 - UNSEEN);
    await turn(second, 1500);
    expect((await second.closed).code).toBe(1008);
    await turn(first, 600);
    expect((await first.closed).code).toBe(1008);
    expect(await left()).toBe(5000 - 3600);
  });

  test("a session that is cut keeps what it used and gives back the rest", async () => {
    await start({ tokens: limit });
    const client = await open();
    await turn(client, 500);
    client.cut();
    await until("a record", () => gateway.records().some(({ cause }) => cause === "client_gone"));
    expect(await left()).toBe(9500);
  });

  test("limits of a model hold once the session names it", async () => {
    await start({ live: { ...limit, limit: 1500, models: ["gemini-live"] }, all: { ...limit, limit: 9000 } });
    const client = await openSocket(
      gateway.url,
      "/v1/default/default/google-ai-studio/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
      { headers: { "x-goog-api-key": "k" } },
    );
    const say = (tokens: number) => ({
      usageMetadata: { promptTokenCount: 0, responseTokenCount: tokens, totalTokenCount: tokens },
    });
    client.send(JSON.stringify({ setup: { model: "models/gemini-live" } }));
    client.send(JSON.stringify({ say: say(400) }));
    await client.next();
    // The turn so far, not another one.
    client.send(JSON.stringify({ say: say(1600) }));
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'limit "live" is used up' });
    expect(await left()).toBe(9000 - 1600);
  });
});

describe("money", () => {
  test("thresholds are told while the session runs, and a used up budget ends it", async () => {
    await start({}, { hourly: { limit: 8, period: "hour" } });
    const client = await open(PRICE);
    await turn(client, 3000);
    await turn(client, 1000);
    await until("half of it", () => gateway.events().length === 1);
    expect(gateway.records()).toEqual([]);
    expect(gateway.events()[0]).toMatchObject({ threshold: 50, spentNanoUsd: 4e9 });
    await turn(client, 2500);
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'budget "hourly" is used up' });
    expect(gateway.events().map(({ threshold }) => threshold)).toEqual([50, 80]);
    expect(gateway.records()[0]).toMatchObject({ cause: "budget hourly", cost: { nanoUsd: 6_500_000_000 } });
    expect(await open(PRICE).catch((error: Error) => error.message)).toContain("429");
  });

  test("a budget that refuses nobody ends no session", async () => {
    await start({}, { soft: { limit: 1, period: "hour", hard: false } });
    const client = await open(PRICE);
    for (const tokens of [900, 900, 900]) await turn(client, tokens);
    await until("all of it", () => gateway.events().length === 3);
    client.close();
    expect((await client.closed).code).toBe(1000);
  });
});

test("requests and concurrency count once for a session, and its end frees its place", async () => {
  await start({
    "at-once": { metric: "concurrent", limit: 1, providers: ["openai"] },
    sessions: { metric: "requests", limit: 3, window: HOUR, providers: ["openai"] },
    tokens: { metric: "tokens_out", limit: 50_000, window: HOUR },
  });
  const client = await open();
  for (const tokens of [10, 20, 30]) await turn(client, tokens);
  expect(await open().catch((error: Error) => error.message)).toContain("429");
  client.close();
  await client.closed;
  await until("a record", () => gateway.records().some(({ outcome }) => outcome === "complete"));
  const next = await open();
  next.close();
  await next.closed;
});
