import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChatUpstream, startChatUpstream } from "../support/chat-upstream.ts";
import { adminToken, type ManagedGateway, startManagedGateway } from "../support/management-client.ts";
import { until } from "../support/until.ts";

const limitsPath = "/api/accounts/default/limits";
const budgetsPath = "/api/accounts/default/budgets";
const dryRunPath = "/api/accounts/default/dry-run";

let upstream: ChatUpstream;
let receiver: ReturnType<typeof Bun.serve>;
const alerts: { readonly id: string | null; readonly body: { readonly budget: string; readonly threshold: number } }[] =
  [];
let gateway: ManagedGateway;

beforeAll(async () => {
  upstream = startChatUpstream();
  receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      alerts.push({
        id: request.headers.get("webhook-id"),
        body: (await request.json()) as (typeof alerts)[number]["body"],
      });
      return new Response("");
    },
  });
  const yaml = [
    `providers: { openai: { base_url: "${upstream.url}/v1" } }`,
    "accounts: { default: { gateways: { default: {}, other: {} }, budgets: { filed: { limit: 5 } } } }",
    `alerts: { webhook: { url: "http://127.0.0.1:${receiver.port}/", secret: "env:ALERT_SECRET" } }`,
  ].join("\n");
  gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "1", ALERT_SECRET: "x" } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await receiver.stop(true);
  upstream[Symbol.dispose]();
});

async function ask(metadata: object = {}): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/default/default/openai/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer sk-test",
      "cf-aig-custom-cost": '{"total_cost":0.1}',
      "cf-aig-metadata": JSON.stringify(metadata),
    },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Workers have a change within a second. */
async function untilStatus(status: number, metadata: object): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while ((await ask(metadata)) !== status) {
    if (performance.now() > deadlineMs) throw new Error(`no ${status} within five seconds`);
    await Bun.sleep(20);
  }
}

test("limits are made, listed, changed and removed, and hold at once", async () => {
  const made = await gateway.ask("POST", limitsPath, {
    id: "per-user",
    metric: "requests",
    limit: 2,
    window: 3600,
    per: ["user"],
  });
  expect([made.status, made.result]).toMatchObject([
    200,
    { id: "per-user", technique: "sliding", shadow: false, enabled: true, per: ["user"] },
  ]);
  expect((await gateway.ask("GET", `${limitsPath}/per-user`)).result).toEqual(made.result);
  expect((await gateway.ask("GET", limitsPath)).result).toEqual([made.result]);
  await untilStatus(429, { user: "ada" });
  const usage = await gateway.ask("GET", `${limitsPath}/per-user/usage?user=ada`);
  expect(usage.result).toMatchObject({
    rule: "per-user",
    limit: 2,
    used: 2,
    left: 0,
    window: "sliding",
    window_seconds: 3600,
  });
  expect((await gateway.ask("GET", `${limitsPath}/per-user/usage?user=bob`)).result).toMatchObject({
    used: 0,
    left: 2,
  });
  const again = await gateway.ask("POST", limitsPath, { id: "per-user", metric: "requests", limit: 2, window: 3600 });
  expect([again.status, again.errors[0]?.path]).toEqual([409, ["body", "id"]]);
  const changed = await gateway.ask("PUT", `${limitsPath}/per-user`, { ...made.result, limit: 5 });
  expect([changed.status, changed.result.limit]).toEqual([200, 5]);
  await untilStatus(200, { user: "ada" });
  expect((await gateway.ask("DELETE", `${limitsPath}/per-user`)).status).toBe(200);
  expect((await gateway.ask("GET", `${limitsPath}/per-user`)).status).toBe(404);
});

test("budgets tell what is spent, reserved and left", async () => {
  const made = await gateway.ask("POST", budgetsPath, {
    id: "teams",
    limit: 0.3,
    period: "day",
    per: ["metadata.team"],
  });
  expect([made.status, made.result]).toMatchObject([
    200,
    { id: "teams", technique: "calendar", time_zone: "UTC", thresholds: [50, 80, 100] },
  ]);
  const metadata = encodeURIComponent('{"team":"red"}');
  const usage = async () => (await gateway.ask("GET", `${budgetsPath}/teams/usage?metadata=${metadata}`)).result;
  for (let tries = 0; tries < 200 && (await usage()).left > 0; tries += 1) await ask({ team: "red" });
  expect(await ask({ team: "red" })).toBe(429);
  const result = await usage();
  expect(result).toMatchObject({
    origin: "budget",
    metric: "cost",
    limit: 0.3,
    used: 0.3,
    reserved: 0,
    left: 0,
    window: "calendar",
  });
  expect(result.resets_in_seconds).toBeWithin(1, 86_401);
  expect((await gateway.ask("DELETE", `${budgetsPath}/teams`)).status).toBe(200);
  const filed = await gateway.ask("DELETE", `${budgetsPath}/filed`);
  expect([filed.status, filed.errors[0]?.message]).toEqual([
    409,
    "The configuration file declares the budget filed: change it in headgate.yaml",
  ]);
});

test("thresholds of budgets are told once as events, which can be listed and filtered", async () => {
  const eventsPath = "/api/accounts/default/events";
  const list = (query: string) => gateway.ask("GET", `${eventsPath}?${query}`);
  for (let tries = 0; tries < 200 && (await list("budget=teams")).result.length < 3; tries += 1) await Bun.sleep(20);
  const { result, result_info: info } = await list("budget=teams");
  expect(result.map(({ threshold, spent }: Told) => [threshold, spent])).toEqual([
    [100, 0.3],
    [80, 0.3],
    [50, 0.2],
  ]);
  const midnight = new Date(new Date().setUTCHours(0, 0, 0, 0)).toISOString();
  expect(result[0]).toMatchObject({
    type: "budget_threshold",
    account: "default",
    gateway: "default",
    budget: "teams",
    split: ["red"],
    limit: 0.3,
    since: midnight,
  });
  expect(info).toEqual({ count: 3, cursors: { after: "" } });
  const first = await list("budget=teams&limit=2");
  const second = await list(`budget=teams&limit=2&cursor=${first.result_info.cursors.after}`);
  expect([...first.result, ...second.result]).toEqual(result);
  const [at] = result.map(({ created_at: createdAt }: Told) => createdAt);
  expect((await list(`type=budget_threshold&budget=teams&before=${at}&since=2020-01-01`)).result.length).toBeLessThan(
    3,
  );
  expect((await list("budget=nobody")).result).toEqual([]);
  expect((await list("since=2100-01-01")).result).toEqual([]);
  expect((await gateway.ask("GET", "/api/accounts/nobody/events")).status).toBe(404);
  for (const [name, value] of Object.entries({ type: "x", limit: "0", cursor: "-1", since: "soon" })) {
    const { status, errors } = await list(`${name}=${value}`);
    expect([status, errors[0]?.path]).toEqual([400, ["query", name]]);
  }
  const metrics = await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  expect(Number(/^headgate_events_total (\d+)$/m.exec(await metrics.text())?.[1])).toBeGreaterThanOrEqual(3);
});

test("the webhook is told of each, as the list has it", async () => {
  const { result } = await gateway.ask("GET", "/api/accounts/default/events?budget=teams");
  const told = () => alerts.filter(({ body }) => body.budget === "teams");
  await until("all came", () => told().length === 3, 4000);
  expect(told().map(({ body }) => body)).toEqual(result.toReversed());
  expect(told().map(({ id }) => id)).toEqual(result.toReversed().map(({ id }: { id: string }) => id));
});

interface Told {
  readonly threshold: number;
  readonly spent: number;
  readonly created_at: string;
}

test("a dry run says which limits a request would meet, and why others do not concern it", async () => {
  await gateway.ask("POST", limitsPath, { id: "big", metric: "tokens", limit: 1000, window: 60, models: ["gpt-5*"] });
  await gateway.ask("POST", limitsPath, {
    id: "cel",
    metric: "requests",
    limit: 1,
    window: 60,
    when: "provider == 'groq'",
  });
  const request = {
    gateway: "default",
    provider: "openai",
    model: "gpt-5-mini",
    metadata: { team: "red" },
    tokens_in: 400,
    tokens_out: 700,
    cost: 0.02,
  };
  const { result } = await gateway.ask("POST", dryRunPath, request);
  expect(result.would_pass).toBe(false);
  expect(result.limits).toMatchObject([
    { rule: "big", metric: "tokens", asked: 1100, limit: 1000, fits: false },
    { rule: "filed", origin: "budget", asked: 0.02, fits: true },
  ]);
  expect(result.others).toEqual([{ rule: "cel", origin: "limit", because_of: "when" }]);
  expect((await gateway.ask("POST", dryRunPath, { ...request, tokens_out: 0 })).result.would_pass).toBe(true);
  expect((await gateway.ask("POST", dryRunPath, { gateway: "nope" })).status).toBe(404);
  expect((await gateway.ask("GET", `${limitsPath}/big/usage`)).result).toMatchObject({ used: 0 });
});

describe("what is wrong is refused with its path, and nothing is kept", () => {
  test.each([
    ["metric", { metric: "sheep" }],
    ["window", { window: 0 }],
    ["when", { when: "model ==" }],
  ])("nor changed: %s", async (place, change) => {
    const known = { id: "kept", metric: "requests", limit: 5, window: 60 };
    if ((await gateway.ask("GET", `${limitsPath}/kept`)).status === 404) await gateway.ask("POST", limitsPath, known);
    const before = (await gateway.ask("GET", `${limitsPath}/kept`)).result;
    const { status, errors } = await gateway.ask("PUT", `${limitsPath}/kept`, { ...before, limit: 9, ...change });
    expect([status, errors[0]?.path]).toEqual([400, ["body", place]]);
    expect((await gateway.ask("GET", `${limitsPath}/kept`)).result).toEqual(before);
  });

  test("a document with one fault changes nothing of what else it says", async () => {
    const before = (await gateway.ask("GET", limitsPath)).result;
    const document = [
      "accounts:",
      "  default:",
      "    limits:",
      "      good: { metric: requests, limit: 5, window: 60 }",
      "      bad: { metric: requests, limit: 5, window: 60, when: 'model ==' }",
    ].join("\n");
    const { status, errors } = await gateway.ask("POST", "/api/config/apply", { document });
    expect([status, errors[0]?.path]).toEqual([400, ["body", "document"]]);
    expect(errors[0]?.message).toMatch(/5:\d+ {2}accounts\.default\.limits\.bad\.when: .*\(line 1, column 9\)/);
    expect((await gateway.ask("GET", limitsPath)).result).toEqual(before);
  });

  const limit = { id: "bad", metric: "requests", limit: 5, window: 60 };
  test.each([
    [limitsPath, { ...limit, metric: "sheep" }, "metric", "Invalid option"],
    [limitsPath, { ...limit, window: 0 }, "window", "Too small"],
    [limitsPath, { ...limit, technique: "leaky" }, "technique", "Invalid option"],
    [limitsPath, { ...limit, window: null }, "window", "expected the length of the window"],
    [limitsPath, { ...limit, when: "provider ==" }, "when", "(line 1, column 12)"],
    [limitsPath, { ...limit, key: "true &&\n shoe" }, "key", "(line 2, column 2)"],
    [limitsPath, { ...limit, per: ["user", "shoe"] }, "per.1", "expected gateway, token"],
    [limitsPath, { ...limit, colour: "red" }, "colour", "Unknown field"],
    [limitsPath, { ...limit, id: "a b" }, "id", "Expected 1 to 64 letters"],
    [budgetsPath, { id: "bad", limit: 1, period: "decade" }, "period", "Invalid option"],
    [budgetsPath, { id: "bad", limit: 1, time_zone: "Mars" }, "time_zone", "expected the name of a time zone"],
    [budgetsPath, { id: "bad" }, "limit", "expected number"],
  ])("%s %j", async (path, body, ...[place, message]) => {
    const { status, errors } = await gateway.ask("POST", path, body);
    expect([status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([400, 7001, `body.${place}`]);
    expect(errors[0]?.message).toContain(message);
    expect((await gateway.ask("GET", `${path}/bad`)).status).toBe(404);
  });
});
