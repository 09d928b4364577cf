import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/core/gateway-settings.ts";
import { budgetSchema } from "../../src/limits/budget-settings.ts";
import { limitSchema } from "../../src/limits/limit-settings.ts";
import { type ChatUpstream, type GatewayReply, startChatUpstream } from "../support/chat-upstream.ts";
import { type StartedGateway, startGateway } from "../support/start-gateway.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";
import { testToken } from "../support/test-token.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 9, 31, 22, 30);
const DIME = { "cf-aig-custom-cost": '{"total_cost":0.1}' };
const assigned = testToken({ id: "t-assigned", budgetId: "bound" });
const free = testToken({ id: "t-free" });

const limits: Record<string, JsonObject> = {
  "per-user": { metric: "requests", limit: 3, window: 60, per: ["user"], gateways: ["users"] },
  "per-key": {
    metric: "requests",
    limit: 2,
    window: 60,
    key: "metadata.team + '/' + string(metadata.level)",
    gateways: ["keys"],
  },
  "at-once": { metric: "concurrent", limit: 2, gateways: ["narrow"] },
  tokens: { metric: "tokens", limit: 1000, window: 60, gateways: ["tokens"] },
  bucket: { metric: "requests", limit: 60, burst: 3, window: 60, technique: "token_bucket", gateways: ["bucket"] },
  shadowed: { metric: "requests", limit: 1, window: 60, shadow: true, gateways: ["shadow"] },
  wide: { metric: "requests", limit: 5, window: 60, gateways: ["several"] },
  slim: {
    metric: "requests",
    limit: 2,
    window: 60,
    gateways: ["several"],
    when: "path.startsWith('chat') && metadata['kind'] != 'x'",
  },
  "one-model": { metric: "requests", limit: 1, window: 60, gateways: ["models"], models: ["openai/gpt-4o*"] },
  off: { metric: "requests", limit: 0, window: 60, enabled: false },
  together: { metric: "requests", limit: 3, window: 60, gateways: ["left", "right"] },
};
const budgets: Record<string, JsonObject> = {
  company: { limit: 1, period: "day", gateways: ["money"] },
  "per-team": {
    limit: 0.5,
    period: "month",
    time_zone: "Europe/Berlin",
    per: ["metadata.team"],
    gateways: ["money"],
    thresholds: [40, 100],
  },
  bound: { limit: 0.2, period: "hour", tokens: "assigned", gateways: ["tokens-bound"] },
  soft: { limit: 0.2, period: "hour", hard: false, gateways: ["soft"], thresholds: [50] },
  cheaper: { limit: 0.1, period: "hour", models: ["gpt-4o"], fallback_model: "gpt-4o-mini", gateways: ["cheaper"] },
};

let upstream: ChatUpstream;
let clock: TestClock;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startChatUpstream();
  clock = createTestClock(START_MS);
  const object =
    (kind: "limit" | "budget", schema: typeof limitSchema | typeof budgetSchema) =>
    ([id, value]: [string, JsonObject]) => ({
      accountId: "default",
      kind,
      id,
      value: schema.parse(value) as JsonObject,
    });
  gateway = await startGateway({
    clock,
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      groq: { base_url: `${upstream.url}/v1`, dialect: null },
    },
    gateways: {
      ...Object.fromEntries(
        [
          "users",
          "keys",
          "narrow",
          "tokens",
          "bucket",
          "shadow",
          "several",
          "models",
          "money",
          "soft",
          "cheaper",
          "left",
          "right",
        ].map((id) => [id, {}]),
      ),
      "tokens-bound": { authentication: true },
    },
    objects: [
      ...Object.entries(limits).map(object("limit", limitSchema)),
      ...Object.entries(budgets).map(object("budget", budgetSchema)),
      assigned.object,
      free.object,
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

interface Asked {
  readonly model?: string;
  readonly headers?: Record<string, string>;
  readonly metadata?: JsonObject;
  readonly body?: JsonObject;
}

async function ask(id: string, { model = "gpt-4o-mini", headers = {}, metadata, body = {} }: Asked = {}) {
  const response = await fetch(`${gateway.url}/v1/default/${id}/openai/chat/completions`, {
    method: "POST",
    // The clock leaps, and idle connections are closed by it.
    keepalive: false,
    headers: {
      "content-type": "application/json",
      authorization: "Bearer sk-test",
      ...(metadata === undefined ? {} : { "cf-aig-metadata": JSON.stringify(metadata) }),
      ...headers,
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }], ...body }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as GatewayReply & { readonly model?: string },
  };
}

async function passing(id: string, count: number, how?: Asked): Promise<number> {
  let passed = 0;
  for (let index = 0; index < count; index += 1) if ((await ask(id, how)).status === 200) passed += 1;
  return passed;
}

describe("limits", () => {
  test("for each user", async () => {
    for (const user of ["ada", "bob"]) expect(await passing("users", 5, { metadata: { user } })).toBe(3);
    const { body, headers } = await ask("users", { metadata: { user: "ada" } });
    expect(body.details.limit).toMatchObject({
      rule: "per-user",
      origin: "limit",
      metric: "requests",
      limit: 3,
      used: 3,
      window: "sliding",
    });
    expect(headers.get("ratelimit-policy")).toBe('"per-user";q=3;w=60');
    expect(JSON.stringify(body)).not.toContain("ada");
  });

  test("by a key in CEL; what lacks it is counted together", async () => {
    expect(await passing("keys", 3, { metadata: { team: "a", level: 1 } })).toBe(2);
    expect(await passing("keys", 3, { metadata: { team: "a", level: 2 } })).toBe(2);
    expect(await passing("keys", 2, { metadata: { team: "b" } })).toBe(2);
    expect(await passing("keys", 2)).toBe(0);
  });

  test("of what runs at once; places are free again when answers end, fail or are left", async () => {
    let open = () => {};
    upstream.answer({ gate: new Promise((resolve) => (open = () => resolve(undefined))) });
    const running = [ask("narrow"), ask("narrow")];
    const before = upstream.count;
    while (upstream.count < before + 2) await Bun.sleep(2);
    const { status, headers } = await ask("narrow");
    expect([status, headers.get("ratelimit-policy"), headers.get("retry-after")]).toEqual([
      429,
      '"at-once";q=2;qu="concurrent-requests"',
      "1",
    ]);
    open();
    expect((await Promise.all(running)).map((each) => each.status)).toEqual([200, 200]);
    upstream.answer({ status: 500 });
    for (let index = 0; index < 5; index += 1) expect((await ask("narrow")).status).toBe(500);
    upstream.answer({});
    expect(await passing("narrow", 5)).toBe(5);
  });

  test("of tokens: the bound of the answer is reserved, the truth is counted", async () => {
    upstream.answer({ inputTokens: 40, outputTokens: 60 });
    const body = { max_tokens: 500 };
    const remaining: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { headers } = await ask("tokens", { body });
      remaining.push(headers.get("ratelimit")?.replace(/^"tokens";r=(\d+).*/, "$1") ?? "");
    }
    expect(Number(remaining[0])).toBeWithin(450, 500);
    expect(Number(remaining[0]) - Number(remaining[4])).toBe(400);
    const { status, body: refusal, headers } = await ask("tokens", { body });
    expect([status, headers.get("ratelimit-policy")]).toEqual([429, '"tokens";q=1000;w=60;qu="tokens"']);
    expect(refusal.details.limit).toMatchObject({ metric: "tokens", used: 500 });
    expect((await ask("tokens", { body: { max_tokens: 100 } })).status).toBe(200);
    upstream.answer({});
  });

  test("as a bucket: three at once, then one a second", async () => {
    expect(await passing("bucket", 5)).toBe(3);
    clock.pass(2000);
    expect(await passing("bucket", 5)).toBe(2);
  });

  test("in shadow: nobody is refused, and it is told", async () => {
    const told: (string | null)[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { status, headers } = await ask("shadow");
      expect([status, headers.get("ratelimit")]).toEqual([200, null]);
      told.push(headers.get("cf-aig-limit-shadow"));
    }
    expect(told).toEqual([null, "shadowed", "shadowed"]);
  });

  test("several at once: the narrowest refuses, and nothing is counted in the others", async () => {
    expect(await passing("several", 6, { metadata: { kind: "y" } })).toBe(2);
    expect(await passing("several", 6, { metadata: { kind: "x" } })).toBe(3);
  });

  test("of one model, by a beginning of its name", async () => {
    expect(await passing("models", 2, { model: "gpt-4o-mini" })).toBe(1);
    expect(await passing("models", 2, { model: "gpt-3.5-turbo" })).toBe(2);
  });

  test("over several gateways together", async () => {
    expect((await passing("left", 2)) + (await passing("right", 5))).toBe(3);
  });
});

describe("budgets", () => {
  test("all that concern a request have to have room: company and team", async () => {
    const red = { metadata: { team: "red" }, headers: DIME };
    expect(await passing("money", 6, red)).toBe(5);
    const { status, body, headers } = await ask("money", red);
    expect([status, body.message]).toEqual([
      429,
      "Spend limit exceeded: rule 'per-team' (cost limit 0.5 per 2592000s, calendar) for openai gpt-4o-mini",
    ]);
    expect(headers.get("cf-aig-budget-remaining")).toBe("0");
    expect(await passing("money", 9, { metadata: { team: "blue" }, headers: DIME })).toBe(5);
    const company = await ask("money", { metadata: { team: "green" }, headers: DIME });
    expect(company.body.message).toStartWith(
      "Spend limit exceeded: rule 'company' (cost limit 1 per 86400s, calendar)",
    );
  });

  test("each threshold is told once for each part", () => {
    const told = gateway
      .events()
      .filter(({ budgetId }) => budgetId === "per-team")
      .map(({ partition, threshold, spentNanoUsd }) => [partition, threshold, spentNanoUsd / 1e9]);
    expect(told).toEqual([
      ['["red"]', 40, 0.2],
      ['["red"]', 100, 0.5],
      ['["blue"]', 40, 0.2],
      ['["blue"]', 100, 0.5],
    ]);
    expect(
      gateway
        .events()
        .filter(({ budgetId }) => budgetId === "company")
        .map(({ threshold }) => threshold),
    ).toEqual([50, 80, 100]);
  });

  test("the month begins at midnight of its time zone, the day at midnight UTC", async () => {
    // 23:00 UTC on 31 October is midnight in Berlin, which has left summer time by then.
    clock.pass(31 * MINUTE_MS);
    const green = { metadata: { team: "red" }, headers: DIME };
    expect((await ask("money", green)).body.message).toStartWith("Spend limit exceeded: rule 'company'");
    clock.pass(60 * MINUTE_MS);
    expect(await passing("money", 7, green)).toBe(5);
  });

  test("for tokens that name it", async () => {
    const as = (token: { readonly text: string }): Asked => ({
      headers: { ...DIME, "cf-aig-authorization": `Bearer ${token.text}` },
    });
    expect(await passing("tokens-bound", 4, as(assigned))).toBe(2);
    expect(await passing("tokens-bound", 4, as(free))).toBe(4);
  });

  test("without a hard limit: measured and told", async () => {
    expect(await passing("soft", 5, { headers: DIME })).toBe(5);
    expect(gateway.events().filter(({ budgetId }) => budgetId === "soft")).toMatchObject([
      { threshold: 50, spentNanoUsd: 100_000_000 },
    ]);
  });

  test("a cheaper model takes the place of one that has no room", async () => {
    const models: (string | undefined)[] = [];
    for (let index = 0; index < 3; index += 1)
      models.push((await ask("cheaper", { model: "gpt-4o", headers: DIME })).body.model);
    expect(models).toEqual(["gpt-4o", "gpt-4o-mini", "gpt-4o-mini"]);
    expect(gateway.records().slice(-2)).toMatchObject([
      { model: "gpt-4o", outcome: "refused", errorCode: 2041 },
      { model: "gpt-4o-mini", outcome: "complete" },
    ]);
  });
});

test("account, gateway and token: all have to have room, and what one refuses counts in none", async () => {
  const bound = testToken({ id: "t-bound", budgetId: "of-token" });
  const open = testToken({ id: "t-open" });
  const rules = [{ id: "of-gateway", limit: 0.3, limitType: "cost", window: 3600 }];
  const budget = (id: string, value: JsonObject) => ({
    accountId: "default",
    kind: "budget" as const,
    id,
    value: budgetSchema.parse(value) as JsonObject,
  });
  const nested = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    gateways: {
      inner: { authentication: true, spend_limits: { enabled: true, rules } },
      outer: { authentication: true },
    },
    objects: [
      budget("of-account", { limit: 0.4, period: "day" }),
      budget("of-token", { limit: 0.2, period: "day", tokens: "assigned" }),
      bound.object,
      open.object,
    ],
  });
  try {
    const refusedBy = async (id: string, { text }: { readonly text: string }): Promise<string | null> => {
      const response = await fetch(`${nested.url}/v1/default/${id}/openai/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: "Bearer sk-test",
          "cf-aig-authorization": `Bearer ${text}`,
          ...DIME,
        },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
      });
      const { message = "" } = (await response.json()) as { readonly message?: string };
      return response.status === 200 ? null : (/rule '([^']+)'/.exec(message)?.[1] ?? message);
    };
    const asked = async (id: string, token: { readonly text: string }, count: number) => {
      const answers: (string | null)[] = [];
      for (let index = 0; index < count; index += 1) answers.push(await refusedBy(id, token));
      return answers;
    };
    expect(await asked("inner", bound, 4)).toEqual([null, null, "of-token", "of-token"]);
    expect(await asked("inner", open, 3)).toEqual([null, "of-gateway", "of-gateway"]);
    expect(await asked("outer", open, 3)).toEqual([null, "of-account", "of-account"]);
  } finally {
    await nested.stop();
  }
});

test("behind a proxy that is believed, a limit by address counts the clients apart, not the proxy", async () => {
  const value = limitSchema.parse({ metric: "requests", limit: 1, window: 60, per: ["ip"] }) as JsonObject;
  const behind = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    network: { trusted_proxies: ["127.0.0.0/8"] },
    objects: [{ accountId: "default", kind: "limit", id: "by-address", value }],
  });
  const statusFrom = async (address: string): Promise<number> => {
    const headers = { "content-type": "application/json", authorization: "Bearer sk", "x-forwarded-for": address };
    const init = { method: "POST", headers, body: '{"model":"m","messages":[]}' };
    return (await fetch(`${behind.url}/v1/default/default/openai/chat/completions`, init)).status;
  };
  try {
    expect(await statusFrom("203.0.113.1")).toBe(200);
    expect(await statusFrom("203.0.113.2")).toBe(200);
    expect(await statusFrom("203.0.113.1")).toBe(429);
  } finally {
    await behind.stop();
  }
});
