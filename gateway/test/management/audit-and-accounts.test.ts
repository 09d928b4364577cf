import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const required = {
  cache_invalidate_on_update: false,
  cache_ttl: null,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function newAccount(id: string): Promise<{ account_id: string }> {
  await gateway.ask("POST", "/accounts", { name: `Account ${id}`, id });
  return { account_id: id };
}

const day = { since: "2020-01-01T00:00:00Z", before: "2100-01-01T00:00:00Z" };

test("people lose their roles in an account with it, and have none in another of its id", async () => {
  const account = await newAccount("leaving");
  const member = { email: "ada@acme.example", roles: ["owner"] };
  expect((await gateway.ask("POST", "/accounts/leaving/members", member)).status).toBe(200);
  await gateway.client.accounts.delete(account);
  await newAccount("leaving");
  expect((await gateway.ask("GET", "/accounts/leaving/members")).result).toEqual([]);
  await gateway.client.accounts.delete(account);
});

test("an account is created with a gateway of its own, renamed, and deleted with all it has", async () => {
  const { accounts, aiGateway } = gateway.client;
  const drawn = await accounts.create({ name: "Drawn" });
  expect(drawn).toMatchObject({ name: "Drawn", type: "standard" });
  expect(drawn.id).toMatch(/^[0-9a-f]{32}$/);
  const account = { account_id: drawn.id };
  expect((await allOf(aiGateway.list(account))).map(({ id }) => id)).toEqual(["default"]);
  await aiGateway.create({ ...account, ...required, id: "own" });
  const renamed = await accounts.update({ ...account, id: drawn.id, name: "Renamed", type: "standard" });
  expect(renamed).toEqual({ ...drawn, name: "Renamed" } as never);
  expect((await allOf(accounts.list({ direction: "desc" }))).map(({ id }) => id)).toEqual(["default", drawn.id]);
  const again = await gateway.ask("POST", "/accounts", { name: "x", id: drawn.id });
  expect([again.status, again.errors[0]?.path]).toEqual([409, ["body", "id"]]);
  expect(await accounts.delete(account)).toEqual({ id: drawn.id });
  expect(await thrownBy(accounts.get(account))).toBeInstanceOf(Cloudflare.NotFoundError);
  await newAccount(drawn.id);
  expect((await allOf(aiGateway.list(account))).map(({ id }) => id)).toEqual(["default"]);
  for (const [body, path] of [
    [{}, "name"],
    [{ name: " " }, "name"],
    [{ name: "n", id: "a/b" }, "id"],
    [{ name: "n", colour: "red" }, "colour"],
  ] as const) {
    const { status, errors } = await gateway.ask("POST", "/accounts", body);
    expect([body, status, errors[0]?.path]).toEqual([body, 400, ["body", path]]);
  }
});

test("every change has its line in the audit log, secrets stripped, newest first, in pages that end", async () => {
  const account = await newAccount("watched");
  const { aiGateway, secretsStore, accounts } = gateway.client;
  const root = "/accounts/watched/ai-gateway";
  const otel = [{ url: "https://c.example.com", headers: { "x-key": "header-secret" } }];
  const stripe = { authorization: "stripe-secret", usage_events: [] };
  await aiGateway.create({ ...account, ...required, id: "g", otel, stripe } as never);
  await aiGateway.update("g", { ...account, ...required, cache_ttl: 60 });
  const dataset = await aiGateway.datasets.create("g", { ...account, name: "d", enable: true, filters: [] });
  await aiGateway.datasets.delete(dataset.id, { ...account, gateway_id: "g" });
  await gateway.ask("POST", `${root}/gateways/g/custom-domains`, { domain: "w.example.com" });
  const provider = await aiGateway.customProviders.create({
    ...account,
    name: "P",
    slug: "p",
    base_url: "https://p.example.com",
    headers: "x-key: provider-secret",
  });
  await gateway.ask("PATCH", `${root}/custom-providers/${provider.id}`, { enable: true });
  const key = { provider_slug: "custom-p", alias: "a", default_config: true, secret: "key-secret-of-sixteen" };
  await aiGateway.providerConfigs.create("g", { ...account, ...key });
  const store = (await allOf(secretsStore.stores.list(account)))[0]?.id as string;
  const body = [{ name: "s", value: "store-secret-of-sixteen", scopes: ["ai_gateway" as const] }];
  const [secret] = await allOf(secretsStore.stores.secrets.create(store, { ...account, body }));
  await secretsStore.stores.secrets.delete(secret?.id as string, { ...account, store_id: store });
  await aiGateway.billing.spendingLimit.create({ ...account, amount: 100, duration: "daily", strategy: "fixed" });
  await aiGateway.delete("g", account);

  const lines = await allOf(accounts.logs.audit.list({ ...account, ...day, limit: 4 }));
  const told = lines
    .toReversed()
    .map(({ action, resource }) => [action?.type, (action as { info?: string }).info, resource?.type]);
  expect(told).toEqual([
    ["create", "account created", "account"],
    ["create", "gateway created", "ai_gateway.gateway"],
    ["update", "gateway updated", "ai_gateway.gateway"],
    ["create", "dataset created", "ai_gateway.dataset"],
    ["delete", "dataset deleted", "ai_gateway.dataset"],
    ["create", "custom domain created", "ai_gateway.custom_domain"],
    ["create", "custom provider created", "ai_gateway.custom_provider"],
    ["update", "custom provider updated", "ai_gateway.custom_provider"],
    ["create", "provider config created", "ai_gateway.provider_config"],
    ["create", "secret created", "secrets_store.secret"],
    ["delete", "secret deleted", "secrets_store.secret"],
    ["create", "billing setting created", "ai_gateway.billing"],
    ["delete", "gateway deleted", "ai_gateway.gateway"],
  ]);
  expect(lines[0]?.actor).toMatchObject({ type: "account", context: "api_token", id: expect.any(String) });
  expect(lines.find(({ action }) => (action as { info?: string }).info === "gateway updated")).toMatchObject({
    oldValueJson: { cache_ttl: null, stripe: { authorization: "[hidden]" } },
    newValueJson: { cache_ttl: 60 },
  });
  const old = await allOf(gateway.client.auditLogs.list({ ...account, per_page: 5 }));
  expect(old.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
  const all = await gateway.ask("GET", "/api/audit?limit=1000");
  expect(all.result.length).toBeGreaterThan(lines.length);
  const versions = await gateway.ask("GET", "/api/config/versions?limit=100");
  expect(JSON.stringify(versions.result)).toContain("accounts.watched.providers.custom-p");
  expect(JSON.stringify([lines, old, all, versions])).not.toMatch(
    /header-secret|provider-secret|stripe-secret|key-secret|store-secret|sealed/,
  );
});

test("the audit log takes only questions it can answer", async () => {
  const path = "/accounts/default/logs/audit";
  for (const query of ["limit=0", "limit=1001", "since=soon", "cursor=1", "direction=asc"]) {
    expect([query, (await gateway.ask("GET", `${path}?${query}`)).status]).toEqual([query, 400]);
  }
  expect((await gateway.ask("GET", `${path}?before=2020-01-01`)).result).toEqual([]);
  expect((await gateway.ask("GET", "/accounts/nobody/logs/audit")).status).toBe(404);
});
