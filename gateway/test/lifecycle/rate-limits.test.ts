import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChatUpstream, type GatewayReply, startChatUpstream } from "../support/chat-upstream.ts";
import { type StartedGateway, startGateway } from "../support/start-gateway.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 9, 20, 12, 0);
const limits = { rate_limiting_interval: 600, rate_limiting_limit: 10 };

let upstream: ChatUpstream;
let clock: TestClock;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startChatUpstream();
  clock = createTestClock(START_MS);
  gateway = await startGateway({
    clock,
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    gateways: {
      fixed: { ...limits, rate_limiting_technique: "fixed" },
      sliding: { ...limits, rate_limiting_technique: "sliding" },
      unnamed: { ...limits },
      cached: {
        ...limits,
        rate_limiting_limit: 1,
        cache_ttl: 300,
        spend_limits: { enabled: true, rules: [{ limit: 0.001, limitType: "cost", window: 60 }] },
      },
      open: {},
      off: { rate_limiting_interval: 600, rate_limiting_limit: 0 },
      locked: { ...limits, rate_limiting_limit: 1, byok_only: true },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

async function ask(id: string, headers: Record<string, string> = { authorization: "Bearer sk-test" }) {
  const response = await fetch(`${gateway.url}/v1/default/${id}/openai/chat/completions`, {
    method: "POST",
    // The clock leaps, and idle connections are closed by it.
    keepalive: false,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as GatewayReply };
}

async function statuses(id: string, count: number): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let index = 0; index < count; index += 1) {
    const { status } = await ask(id);
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

describe("D9 rate limits", () => {
  test("fixed windows are those of the clock: ten at 12:09 and ten at 12:11 pass", async () => {
    clock.pass(9 * MINUTE_MS);
    for (const id of ["fixed", "unnamed"]) expect(await statuses(id, 12)).toEqual({ 200: 10, 429: 2 });
    expect(await statuses("sliding", 12)).toEqual({ 200: 10, 429: 2 });
    clock.pass(2 * MINUTE_MS);
    for (const id of ["fixed", "unnamed"]) expect(await statuses(id, 12)).toEqual({ 200: 10, 429: 2 });
  });

  test("a sliding window refuses at 12:11 what was used up at 12:09, until ten minutes are over", async () => {
    expect(await statuses("sliding", 2)).toEqual({ 429: 2 });
    clock.pass(7 * MINUTE_MS);
    expect(await statuses("sliding", 1)).toEqual({ 429: 1 });
    clock.pass(MINUTE_MS + 5000);
    expect(await statuses("sliding", 12)).toEqual({ 200: 10, 429: 2 });
  });

  test("the refusal is code 2003, says when to come back and which rule it was, calls nobody and is recorded", async () => {
    clock.pass(60 * MINUTE_MS);
    await statuses("fixed", 10);
    const before = { calls: upstream.count, records: gateway.recordCount() };
    const { status, headers, body } = await ask("fixed");
    expect(status).toBe(429);
    expect(body).toMatchObject({
      success: false,
      name: "AiGatewayError",
      httpCode: 429,
      internalCode: 2003,
      message: "Rate limited",
      details: {
        fault: "client",
        retryable: true,
        limit: {
          rule: "gateway",
          origin: "gateway",
          metric: "requests",
          limit: 10,
          used: 10,
          asked: 1,
          window: "fixed",
          window_seconds: 600,
        },
      },
    });
    expect(body.error[0]).toEqual({ code: 2003, message: "Rate limited" });
    const wait = Number(headers.get("retry-after"));
    expect(wait).toBe(body.details.limit["retry_after_seconds"] as number);
    expect(wait).toBeWithin(1, 601);
    expect(headers.get("ratelimit-policy")).toBe('"gateway";q=10;w=600');
    expect(headers.get("ratelimit")).toBe(`"gateway";r=0;t=${wait}`);
    expect(upstream.count).toBe(before.calls);
    expect(gateway.recordCount()).toBe(before.records + 1);
    expect(gateway.records().at(-1)).toMatchObject({
      statusCode: 429,
      errorCode: 2003,
      outcome: "refused",
      provider: "openai",
      cost: { state: "none", nanoUsd: null },
    });
    clock.pass(wait * 1000);
    expect((await ask("fixed")).status).toBe(200);
  });

  test("what remains is told with every answer; gateways without a limit say nothing", async () => {
    clock.pass(20 * MINUTE_MS);
    for (const left of [9, 8, 7])
      expect((await ask("sliding")).headers.get("ratelimit")).toBe(`"gateway";r=${left};t=600`);
    for (const id of ["open", "off"]) {
      const { headers } = await ask(id);
      for (const name of ["ratelimit", "ratelimit-policy", "retry-after", "cf-aig-budget-remaining"])
        expect([name, headers.get(name)]).toEqual([name, null]);
    }
  });

  test("hits of the cache are free, and cost nothing", async () => {
    expect(await statuses("cached", 20)).toEqual({ 200: 20 });
    expect(
      gateway
        .records()
        .slice(-20)
        .map(({ cacheStatus }) => cacheStatus),
    ).toEqual(["MISS" as const, ...Array.from({ length: 19 }, () => "HIT" as const)]);
    const spent = await ask("cached");
    expect([spent.headers.get("ratelimit"), spent.headers.get("cf-aig-budget-remaining")]).toEqual([null, null]);
  });

  test("failures of the provider count, requests that reached none do not", async () => {
    clock.pass(20 * MINUTE_MS);
    for (let index = 0; index < 5; index += 1) expect((await ask("locked", {})).status).toBe(400);
    upstream.answer({ status: 500 });
    expect((await ask("locked")).status).toBe(500);
    upstream.answer({});
    expect((await ask("locked")).status).toBe(429);
  });

  test("a hundred at once find as many places as there are", async () => {
    clock.pass(20 * MINUTE_MS);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask("fixed")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});
