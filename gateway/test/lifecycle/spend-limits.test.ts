import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/core/gateway-settings.ts";
import { type ChatUpstream, type GatewayReply, startChatUpstream } from "../support/chat-upstream.ts";
import { type StartedGateway, startGateway } from "../support/start-gateway.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 9, 20, 12, 0);
const rule = (more: JsonObject): JsonObject => ({ id: "r", limit: 1, limitType: "cost", window: 3600, ...more });
const limits = (...rules: JsonObject[]) => ({ spend_limits: { enabled: true, rules } });
/** A request that costs a dime, whatever it says. */
const DIME = { "cf-aig-custom-cost": '{"total_cost":0.1}' };

let upstream: ChatUpstream;
let clock: TestClock;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startChatUpstream();
  clock = createTestClock(START_MS);
  const openai = { base_url: `${upstream.url}/v1`, dialect: null };
  gateway = await startGateway({
    clock,
    providers: { openai, groq: openai },
    gateways: {
      plain: limits(rule({})),
      fixed: limits(rule({ technique: "fixed" })),
      teams: limits(rule({ metadata: { team: { mode: "partition" } } })),
      trial: limits(rule({ metadata: { plan: { mode: "filter", values: ["trial", "free"] } } })),
      models: limits(rule({ model: { mode: "filter", values: ["gpt-4o", "groq/llama-3.1-8b-instant"] } })),
      providers: limits(rule({ provider: { mode: "filter", values: ["groq"] } })),
      several: limits(
        rule({ id: "wide", limit: 5 }),
        rule({ id: "narrow", limit: 0.2 }),
        rule({ id: "not", limit: 0, enabled: false }),
      ),
      asleep: { spend_limits: { enabled: false, rules: [rule({ limit: 0 })] } },
      priced: limits(rule({ limit: 0.001 })),
      tiny: limits(rule({ limit: 0.05 })),
      crowd: limits(rule({ limit: 1 })),
      broken: limits(rule({ limit: 1 })),
      steps: limits(rule({ limit: 0.1, provider: { mode: "filter", values: ["openai"] } })),
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

interface Asked {
  readonly model?: string;
  readonly provider?: string;
  readonly headers?: Record<string, string>;
  readonly body?: JsonObject;
}

async function ask(id: string, { model = "gpt-4o-mini", provider = "openai", headers = DIME, body = {} }: Asked = {}) {
  const response = await fetch(`${gateway.url}/v1/default/${id}/${provider}/chat/completions`, {
    method: "POST",
    // The clock leaps, and idle connections are closed by it.
    keepalive: false,
    headers: { "content-type": "application/json", authorization: "Bearer sk-test", ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Name a river." }], ...body }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as GatewayReply };
}

async function passing(id: string, count: number, how?: Asked): Promise<number> {
  let passed = 0;
  for (let index = 0; index < count; index += 1) if ((await ask(id, how)).status === 200) passed += 1;
  return passed;
}
const withMetadata = (metadata: JsonObject): Asked => ({
  headers: { ...DIME, "cf-aig-metadata": JSON.stringify(metadata) },
});

describe("D17 spend limits", () => {
  test("ten dimes make a dollar; the eleventh is refused in the product's words, calls nobody and is recorded", async () => {
    const remaining: (string | null)[] = [];
    for (let index = 0; index < 10; index += 1) {
      const { status, headers } = await ask("plain");
      expect(status).toBe(200);
      remaining.push(headers.get("cf-aig-budget-remaining"));
    }
    expect(remaining).toEqual(["0.9", "0.8", "0.7", "0.6", "0.5", "0.4", "0.3", "0.2", "0.1", "0"]);
    const before = { calls: upstream.count, records: gateway.recordCount() };
    const { status, headers, body } = await ask("plain");
    const message = "Spend limit exceeded: rule 'r' (cost limit 1 per 3600s, sliding) for openai gpt-4o-mini";
    expect(status).toBe(429);
    expect(body).toMatchObject({
      success: false,
      name: "AiGatewayError",
      internalCode: 2041,
      message,
      details: {
        limit: {
          rule: "r",
          origin: "spend_limit",
          metric: "cost",
          limit: 1,
          used: 1,
          asked: 0.1,
          window_seconds: 3600,
        },
      },
    });
    expect(body.error[0]).toEqual({ code: 2041, message });
    expect(Number(headers.get("retry-after"))).toBeWithin(3500, 3700);
    expect(headers.get("cf-aig-budget-remaining")).toBe("0");
    expect([upstream.count, gateway.recordCount()]).toEqual([before.calls, before.records + 1]);
    expect(gateway.records().at(-1)).toMatchObject({
      statusCode: 429,
      errorCode: 2041,
      outcome: "refused",
      model: "gpt-4o-mini",
      cost: { nanoUsd: null },
    });
  });

  test("fixed windows are those of the clock, sliding ones the last hour", async () => {
    clock.pass(HOUR_MS * 2 + HOUR_MS / 2);
    expect([await passing("fixed", 12), await passing("plain", 12)]).toEqual([10, 10]);
    clock.pass(HOUR_MS / 2);
    expect([await passing("fixed", 12), await passing("plain", 1)]).toEqual([10, 0]);
    clock.pass(HOUR_MS / 2 + HOUR_MS / 100);
    expect(await passing("plain", 12)).toBe(10);
  });

  test("a partition gives every value a limit of its own, and one to those without", async () => {
    for (const team of ["red", "blue", 7]) expect(await passing("teams", 12, withMetadata({ team }))).toBe(10);
    expect(await passing("teams", 12)).toBe(10);
    expect(await passing("teams", 3, withMetadata({ other: "x" }))).toBe(0);
  });

  test("filters on metadata, model and provider leave the others alone", async () => {
    expect(await passing("trial", 12, withMetadata({ plan: "trial" }))).toBe(10);
    expect(await passing("trial", 2, withMetadata({ plan: "free" }))).toBe(0);
    expect(await passing("trial", 12, withMetadata({ plan: "paid" }))).toBe(12);
    expect(await passing("trial", 12)).toBe(12);
    expect(await passing("models", 12, { model: "gpt-4o" })).toBe(10);
    expect(await passing("models", 12, { model: "gpt-4o-mini" })).toBe(12);
    expect(await passing("models", 12, { model: "llama-3.1-8b-instant", provider: "groq" })).toBe(0);
    expect(await passing("providers", 12, { provider: "groq" })).toBe(10);
    expect(await passing("providers", 12)).toBe(12);
  });

  test("all rules have to be met, disabled ones hold nobody", async () => {
    expect(await passing("several", 3)).toBe(2);
    const { body } = await ask("several");
    expect(body.message).toStartWith("Spend limit exceeded: rule 'narrow' (cost limit 0.2 per");
    expect(await passing("asleep", 3)).toBe(3);
  });

  test("the run path answers 2045", async () => {
    await passing("plain", 11);
    const response = await fetch(`${gateway.url}/client/v4/accounts/default/ai/v1/chat/completions`, {
      method: "POST",
      keepalive: false,
      headers: {
        "content-type": "application/json",
        authorization: "Bearer sk-test",
        "cf-aig-gateway-id": "plain",
        ...DIME,
      },
      body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
    });
    expect([response.status, ((await response.json()) as Record<string, unknown>)["internalCode"]]).toEqual([
      429, 2045,
    ]);
  });
});

describe("money is reserved before the call and settled after it", () => {
  test("by the price of the model: the estimate holds until the answer says what it was", async () => {
    // gpt-4o-mini: $0.15 and $0.60 a million tokens.
    let open = () => {};
    upstream.answer({
      inputTokens: 1000,
      outputTokens: 500,
      gate: new Promise((resolve) => (open = () => resolve(undefined))),
    });
    const first = ask("priced", { headers: {}, body: { max_tokens: 1000 } });
    while (gateway.held().clientConnections === 0) await Bun.sleep(1);
    await Bun.sleep(20);
    const second = await ask("priced", { headers: {}, body: { max_tokens: 1000 } });
    expect(second.status).toBe(429);
    expect(second.body.details.limit.used).toBeWithin(0.0006, 0.00062);
    open();
    const { headers } = await first;
    expect(headers.get("cf-aig-cost")).toBe("0.00045");
    expect(headers.get("cf-aig-budget-remaining")).toBe("0.00055");
    upstream.answer({ inputTokens: 1000, outputTokens: 500 });
    expect(
      (await ask("priced", { headers: {}, body: { max_tokens: 800 } })).headers.get("cf-aig-budget-remaining"),
    ).toBe("0.0001");
    upstream.answer({});
  });

  test("a request that may cost more than the limit is refused at once", async () => {
    const { status, body } = await ask("tiny");
    expect([status, body.details.limit]).toMatchObject([429, { used: 0, asked: 0.1, limit: 0.05 }]);
  });

  test("a crowd never passes the limit together, and uses it up", async () => {
    upstream.answer({ delayMs: 20 });
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => ask("crowd", { headers: { "cf-aig-custom-cost": '{"total_cost":0.01}' } })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    upstream.answer({});
  });

  test("failures and clients that leave give back what they reserved", async () => {
    upstream.answer({ status: 500 });
    expect(await passing("broken", 15)).toBe(0);
    upstream.answer({ delayMs: 5000 });
    const leaving = Array.from({ length: 10 }, async () => {
      const response = fetch(`${gateway.url}/v1/default/broken/openai/chat/completions`, {
        method: "POST",
        keepalive: false,
        headers: { "content-type": "application/json", authorization: "Bearer sk-test", ...DIME },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
        signal: AbortSignal.timeout(150),
      });
      return response.then(() => "answered").catch(() => "left");
    });
    expect(new Set(await Promise.all(leaving))).toEqual(new Set(["left"]));
    upstream.answer({});
    await Bun.sleep(50);
    expect(await passing("broken", 12)).toBe(10);
  });

  test("a universal request goes on to a step that has money left", async () => {
    const step = (provider: string, model: string) => ({
      provider,
      endpoint: "chat/completions",
      headers: { authorization: "Bearer sk-test", "content-type": "application/json", ...DIME },
      query: { model, messages: [{ role: "user", content: "Hi" }] },
    });
    const send = async () => {
      const response = await fetch(`${gateway.url}/v1/default/steps`, {
        method: "POST",
        keepalive: false,
        headers: { "content-type": "application/json" },
        body: JSON.stringify([step("openai", "gpt-4o-mini"), step("groq", "llama-3.1-8b-instant")]),
      });
      return [response.status, response.headers.get("cf-aig-step")];
    };
    expect([await send(), await send()]).toEqual([
      [200, "0"],
      [200, "1"],
    ]);
    expect(gateway.records().slice(-2)).toMatchObject([
      { provider: "openai", statusCode: 429, errorCode: 2041, outcome: "refused" },
      { provider: "groq", statusCode: 200 },
    ]);
  });
});
