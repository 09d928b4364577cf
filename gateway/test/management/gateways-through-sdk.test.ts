import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import Cloudflare from "cloudflare";
import { adminToken, allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const account = { account_id: "default" };
const required = {
  cache_invalidate_on_update: true,
  cache_ttl: 0,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};
const path = "/accounts/default/ai-gateway/gateways";
const yaml = "accounts: { default: { gateways: { filed: { retry_max_attempts: 2 } } } }\n";

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway({ yaml });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const create = (id: string, fields: object = {}) =>
  gateway.client.aiGateway.create({ ...account, ...required, id, ...fields });

test("a gateway is created with defaults, read, found, and deleted with itself as the answer", async () => {
  const created = await create("first");
  expect(created).toMatchObject({
    ...required,
    id: "first",
    rate_limiting_technique: null,
    authentication: false,
    byok_only: false,
    log_management: null,
    log_management_strategy: null,
    logpush: false,
    logpush_public_key: null,
    retry_max_attempts: null,
    retry_delay: null,
    retry_backoff: null,
    store_id: null,
    workers_ai_billing_mode: "postpaid",
    zdr: false,
    log_classification: false,
    is_default: false,
  });
  expect(Math.abs(Date.parse(created.created_at) - Date.now())).toBeLessThan(20_000);
  expect(created.modified_at).toBe(created.created_at);
  expect(await gateway.client.aiGateway.get("first", account)).toEqual(created);
  const [found] = await allOf(gateway.client.aiGateway.list({ ...account, search: "IRS" }));
  expect(found).toEqual(created);
  expect(await gateway.client.aiGateway.delete("first", account)).toEqual(created);
  expect(await thrownBy(gateway.client.aiGateway.get("first", account))).toBeInstanceOf(Cloudflare.NotFoundError);
});

test("every field comes back as it was sent, and what has no effect yet is named", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const fields = {
    cache_ttl: 300,
    collect_logs: false,
    rate_limiting_interval: 60,
    rate_limiting_limit: 100,
    rate_limiting_technique: "sliding",
    authentication: true,
    byok_only: true,
    log_management: 10_000,
    log_management_strategy: "DELETE_OLDEST",
    logpush: true,
    logpush_public_key: publicKey.export({ type: "spki", format: "pem" }),
    retry_max_attempts: 5,
    retry_delay: 60_000,
    retry_backoff: "exponential",
    store_id: "s1",
    workers_ai_billing_mode: "unified",
    zdr: true,
    log_classification: true,
    dlp: {
      enabled: true,
      policies: [{ id: "p", enabled: true, action: "BLOCK", check: ["REQUEST"], profiles: ["x"] }],
    },
    guardrails: { prompt: { S1: "BLOCK", P1: "FLAG" }, response: {} },
    otel: [{ url: "https://collector.example.com/v1/traces", headers: { "x-key": "1" }, content_type: "protobuf" }],
    spend_limits: {
      enabled: true,
      rules: [
        { limit: 5, limitType: "cost", window: 3600, metadata: { team: { mode: "partition" } } },
        { limit: 1, limitType: "cost", window: 60, technique: "fixed", model: { mode: "filter", values: ["m"] } },
      ],
    },
    stripe: {
      authorization: "key",
      usage_events: [
        { payload: '{"event_name":"spent","payload":{"stripe_customer_id":"$metadata_customerId","value":$cost}}' },
      ],
    },
    log_max_age_days: 30,
    log_max_bytes: 1_048_576,
    log_body_max_age_days: 7,
    log_body_max_bytes: 1_048_576,
  };
  const { result, messages } = await gateway.ask("POST", path, { ...required, id: "full", ...fields });
  expect(result).toMatchObject(fields);
  const named = messages.map(({ code, message }) => [code, message.split(" ")[0]]);
  const expected = "workers_ai_billing_mode zdr log_classification dlp guardrails";
  expect(named).toEqual(expected.split(" ").map((field) => [9100, field]));
  expect((await gateway.client.aiGateway.get("full", account)) as unknown).toEqual(result);
});

test("PUT keeps what is left out, takes back what was read, and clears exporters by an empty list", async () => {
  const created = await create("kept", {
    retry_max_attempts: 3,
    guardrails: { prompt: {}, response: { S2: "FLAG" } },
    otel: [{ url: "https://collector.example.com", headers: {} }],
  });
  const { id, ...body } = created;
  const { account_id: accountId } = account;
  const same = await gateway.client.aiGateway.update("kept", { account_id: accountId, ...(body as typeof required) });
  expect({ ...same, modified_at: "" }).toEqual({ ...created, modified_at: "" });
  expect(Date.parse(same.modified_at)).toBeGreaterThanOrEqual(Date.parse(created.modified_at));
  const whole = await gateway.ask("PUT", `${path}/${id}`, {
    ...created,
    internal: true,
    wholesale: true,
    cache_ttl: null,
  });
  expect([whole.status, whole.result.cache_ttl, whole.result.retry_max_attempts]).toEqual([200, null, 3]);
  const cleared = await gateway.client.aiGateway.update("kept", {
    ...account,
    ...required,
    otel: [],
    guardrails: null,
  });
  expect([cleared.otel, cleared.guardrails, cleared.retry_max_attempts, cleared.created_at]).toEqual([
    null,
    null,
    3,
    created.created_at,
  ]);
});

test("a duplicate id is a conflict with the product's words", async () => {
  await create("twice");
  const error = await thrownBy(create("twice"));
  expect(error).toBeInstanceOf(Cloudflare.ConflictError);
  expect((error as { errors: unknown }).errors).toEqual([
    { code: 7001, message: "A gateway with this id already exists", path: ["body", "id"] },
  ]);
});

test("of several who create the same id at once, one does", async () => {
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => create("raced")));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const each of all) {
    if (each.status === "rejected") expect(each.reason).toBeInstanceOf(Cloudflare.ConflictError);
  }
});

test("bad input is told with status, code and path, and changes nothing", async () => {
  const bad: [fields: object, path: string][] = [
    [{ id: "" }, "id"],
    [{ id: "-x" }, "id"],
    [{ id: "a b" }, "id"],
    [{ id: "a/b" }, "id"],
    [{ id: "x".repeat(65) }, "id"],
    [{ id: 1 }, "id"],
    [{ id: undefined }, "id"],
    ...Object.keys(required).map((name): [object, string] => [{ [name]: undefined }, name]),
    [{ stripe: { authorization: "sk_live_0123456789", usage_events: [] } }, "stripe.authorization"],
    [{ stripe: { authorization: "env:KEY", usage_events: [{ payload: "$cost" }] } }, "stripe.usage_events.0.payload"],
    [{ cache_ttl: "x" }, "cache_ttl"],
    [{ cache_ttl: -1 }, "cache_ttl"],
    [{ cache_ttl: 1.5 }, "cache_ttl"],
    [{ cache_ttl: 2_592_001 }, "cache_ttl"],
    [{ cache_rules: [{ ttl: 59 }] }, "cache_rules.0.ttl"],
    [{ cache_rules: [{ ttl: 60 }, { ttl: 2_592_001 }] }, "cache_rules.1.ttl"],
    [{ cache_rules: [{ when: "model ==" }] }, "cache_rules.0.when"],
    [{ cache_rules: [{ scope: "world" }] }, "cache_rules.0.scope"],
    [{ rate_limiting_limit: -1 }, "rate_limiting_limit"],
    [{ spend_limits: { rules: [{ limit: 1, limitType: "tokens", window: 60 }] } }, "spend_limits.rules.0.limitType"],
    [{ spend_limits: { rules: [{ limit: 1, limitType: "cost", window: 0 }] } }, "spend_limits.rules.0.window"],
    [{ collect_logs: "true" }, "collect_logs"],
    [{ rate_limiting_technique: "token" }, "rate_limiting_technique"],
    [{ log_management: 9999 }, "log_management"],
    [{ log_management: 10_000_001 }, "log_management"],
    [{ log_management_strategy: "NEITHER" }, "log_management_strategy"],
    [{ logpush_public_key: "short" }, "logpush_public_key"],
    [{ logpush_public_key: "no key of sixteen characters or more" }, "logpush_public_key"],
    [{ retry_max_attempts: 0 }, "retry_max_attempts"],
    [{ retry_max_attempts: 6 }, "retry_max_attempts"],
    [{ retry_delay: 60_001 }, "retry_delay"],
    [{ retry_backoff: "random" }, "retry_backoff"],
    [{ workers_ai_billing_mode: "free" }, "workers_ai_billing_mode"],
    [{ zdr: null }, "zdr"],
    [{ guardrails: { prompt: { S14: "BLOCK" }, response: {} } }, "guardrails.prompt.S14"],
    [{ guardrails: { prompt: { S1: "WARN" }, response: {} } }, "guardrails.prompt.S1"],
    [{ otel: [{ url: "http://127.0.0.1:4318" }] }, "otel.0.url"],
    [{ otel: [{ url: "https://169.254.169.254/v1/traces" }] }, "otel.0.url"],
    [{ otel: [{ url: "https://c.example.com", authorization: "sk-1" }] }, "otel.0.authorization"],
    [{ spend_limits: { rules: [{ limit: -1, limitType: "cost", window: 60 }] } }, "spend_limits.rules.0.limit"],
    [{ sparkle: 1 }, "sparkle"],
  ];
  for (const [fields, expected] of bad) {
    const { status, errors } = await gateway.ask("POST", path, { id: "refused", ...required, ...fields });
    expect([fields, status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([
      fields,
      400,
      7001,
      `body.${expected}`,
    ]);
  }
  for (const body of ["", "{", "[]", "null", "1"]) {
    const { status, errors } = await gateway.ask("POST", path, body);
    expect([body, status, errors[0]?.path?.join(".")]).toEqual([body, 400, "body"]);
  }
  expect(await allOf(gateway.client.aiGateway.list({ ...account, search: "refused" }))).toEqual([]);
  const renamed = await gateway.ask("PUT", `${path}/twice`, { ...required, id: "other" });
  expect([renamed.status, renamed.errors[0]?.path]).toEqual([400, ["body", "id"]]);
  expect(
    await thrownBy(gateway.client.aiGateway.update("twice", { ...account, ...required, cache_ttl: -1 })),
  ).toBeInstanceOf(Cloudflare.BadRequestError);
});

test("what there is not is 404 with code 7002: gateways, accounts, providers of URLs", async () => {
  const { aiGateway } = gateway.client;
  for (const call of [
    () => aiGateway.get("nope", account),
    () => aiGateway.get("x/../y%", account),
    () => aiGateway.get("default", { account_id: "nobody" }),
    () => aiGateway.delete("nope", account),
    () => aiGateway.update("nope", { ...account, ...required }),
    () => aiGateway.create({ account_id: "nobody", id: "g", ...required }),
    () => allOf(aiGateway.list({ account_id: "nobody" })),
    () => aiGateway.urls.get("openai", { ...account, gateway_id: "nope" }),
    () => aiGateway.urls.get("nothing-like-it", { ...account, gateway_id: "default" }),
  ]) {
    const error = await thrownBy(call());
    expect(error).toBeInstanceOf(Cloudflare.NotFoundError);
    expect((error as { errors: { code: number }[] }).errors[0]?.code).toBe(7002);
  }
});

test("the list ends: pages beyond the last are empty, whatever the size", async () => {
  for (let index = 0; index < 5; index += 1) await create(`page-${index}`);
  const { aiGateway } = gateway.client;
  const all = await allOf(aiGateway.list({ ...account, search: "page-", per_page: 2 }));
  expect(all.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((index) => `page-${index}`));
  const beyond = await gateway.ask("GET", `${path}?page=9&search=page-`);
  expect([beyond.result, beyond.result_info]).toEqual([[], { count: 0, page: 9, per_page: 20, total_count: 5 }]);
  for (const query of ["page=0", "per_page=0", "per_page=101", "page=x"]) {
    expect((await gateway.ask("GET", `${path}?${query}`)).status).toBe(400);
  }
});

test("urls.get is a text that leads to the gateway", async () => {
  const { urls } = gateway.client.aiGateway;
  expect(await urls.get("openai", { ...account, gateway_id: "default" })).toBe(
    `${gateway.url}/v1/default/default/openai`,
  );
  expect(await urls.get("compat", { ...account, gateway_id: "twice" })).toBe(`${gateway.url}/v1/default/twice/compat`);
});

test("behind a proxy that ends TLS the URL is one of https", async () => {
  const answer = await fetch(`${gateway.url}/client/v4${path}/default/url/compat`, {
    headers: { authorization: `Bearer ${adminToken}`, host: "ai.example.com", "x-forwarded-proto": "https" },
  });
  expect(await answer.json()).toMatchObject({ result: "https://ai.example.com/v1/default/default/compat" });
});

test("a token that nobody gave out is the SDK's AuthenticationError", async () => {
  const stranger = new Cloudflare({ baseURL: `${gateway.url}/client/v4`, apiToken: "wrong", maxRetries: 0 });
  const error = await thrownBy(stranger.aiGateway.get("default", account));
  expect(error).toBeInstanceOf(Cloudflare.AuthenticationError);
  expect((error as { errors: { code: number }[] }).errors[0]?.code).toBe(10_000);
});

test("the gateway default is there by itself, may be changed, and is there again when it was deleted", async () => {
  const { aiGateway } = gateway.client;
  const first = await aiGateway.get("default", account);
  expect(first).toMatchObject({ is_default: true, authentication: false });
  await aiGateway.update("default", { ...account, ...required, retry_max_attempts: 4 });
  expect((await aiGateway.get("default", account)).retry_max_attempts).toBe(4);
  expect(await aiGateway.delete("default", account)).toMatchObject({ id: "default", retry_max_attempts: 4 });
  expect(await aiGateway.get("default", account)).toMatchObject({ is_default: true, retry_max_attempts: null });
  expect((await create("default", { retry_delay: 1 })).retry_delay).toBe(1);
  expect(await thrownBy(create("default"))).toBeInstanceOf(Cloudflare.ConflictError);
});

test("a gateway of the configuration file is shown as such and refuses every change", async () => {
  const { aiGateway } = gateway.client;
  const filed = await aiGateway.get("filed", account);
  expect(filed as object).toMatchObject({ id: "filed", retry_max_attempts: 2, managed_by: "file" });
  for (const call of [
    () => aiGateway.update("filed", { ...account, ...required }),
    () => aiGateway.delete("filed", account),
    () => create("filed"),
  ]) {
    const error = await thrownBy(call());
    expect(error).toBeInstanceOf(Cloudflare.ConflictError);
    expect((error as { errors: { code: number }[] }).errors[0]?.code).toBe(7001);
  }
  const refused = await gateway.ask("PUT", `${path}/filed`, required);
  expect(refused.errors[0]?.message).toBe(
    "The configuration file declares the gateway filed: change it in headgate.yaml",
  );
  expect(await aiGateway.get("filed", account)).toEqual(filed);
});
