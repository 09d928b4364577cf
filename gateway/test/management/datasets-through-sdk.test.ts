import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const account = { account_id: "default" };
const one = { ...account, gateway_id: "default" };
const path = "/accounts/default/ai-gateway/gateways/default";
const filters = [
  { key: "cost" as const, operator: "gt" as const, value: [0.5] },
  { key: "model" as const, operator: "contains" as const, value: ["gpt", "claude"] },
];

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test("datasets are created, listed, changed and deleted; the eleventh is refused", async () => {
  const { datasets } = gateway.client.aiGateway;
  const created = await datasets.create("default", { ...account, name: "Dear", enable: true, filters });
  expect(created).toMatchObject({ gateway_id: "default", name: "Dear", enable: true, filters });
  expect(await datasets.get(created.id, one)).toEqual(created as never);
  const changed = await datasets.update(created.id, { ...one, name: "Cheap", enable: false, filters: [] });
  expect(changed).toMatchObject({ id: created.id, name: "Cheap", enable: false, filters: [] });
  for (let index = 0; index < 9; index += 1) {
    await datasets.create("default", { ...account, name: `set ${index}`, enable: true, filters });
  }
  const tooMany = await thrownBy(datasets.create("default", { ...account, name: "x", enable: true, filters }));
  expect(tooMany).toBeInstanceOf(Cloudflare.BadRequestError);
  expect((await allOf(datasets.list("default", { ...account, per_page: 3 }))).length).toBe(10);
  expect((await allOf(datasets.list("default", { ...account, enable: false }))).map(({ name }) => name)).toEqual([
    "Cheap",
  ]);
  expect((await allOf(datasets.list("default", { ...account, search: "SET" }))).length).toBe(9);
  expect((await allOf(datasets.list("default", { ...account, name: "set" }))).length).toBe(0);
  expect(await datasets.delete(created.id, one)).toEqual(changed as never);
  for (const call of [
    () => datasets.get(created.id, one),
    () => datasets.delete(created.id, one),
    () => datasets.update(created.id, { ...one, name: "y", enable: true, filters }),
    () => datasets.create("nope", { ...account, name: "y", enable: true, filters }),
  ]) {
    expect(await thrownBy(call())).toBeInstanceOf(Cloudflare.NotFoundError);
  }
  const bad: [object, string][] = [
    [{ name: "" }, "name"],
    [{ enable: "yes" }, "enable"],
    [{ filters: [{ ...filters[0], key: "colour" }] }, "filters.0.key"],
    [{ filters: [{ ...filters[0], operator: "neq" }] }, "filters.0.operator"],
    [{ filters: [{ ...filters[0], value: [] }] }, "filters.0.value"],
    [{ more: 1 }, "more"],
  ];
  for (const [fields, expected] of bad) {
    const body = { name: "n", enable: true, filters, ...fields };
    const { status, errors } = await gateway.ask("POST", `${path}/datasets`, body);
    expect([fields, status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([
      fields,
      400,
      7001,
      `body.${expected}`,
    ]);
  }
});

test("datasets and domains go with their gateway", async () => {
  const { aiGateway } = gateway.client;
  const required = {
    cache_invalidate_on_update: false,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  };
  await aiGateway.create({ ...account, ...required, id: "short-lived" });
  await aiGateway.datasets.create("short-lived", { ...account, name: "s", enable: true, filters });
  const domains = "/accounts/default/ai-gateway/gateways/short-lived/custom-domains";
  expect((await gateway.ask("POST", domains, { domain: "gone.example.com" })).status).toBe(200);
  await aiGateway.delete("short-lived", account);
  await aiGateway.create({ ...account, ...required, id: "short-lived" });
  expect(await allOf(aiGateway.datasets.list("short-lived", account))).toEqual([]);
  expect((await gateway.ask("GET", domains)).result).toEqual([]);
});

test("evaluation types are three, evaluations none", async () => {
  const { evaluationTypes, evaluations } = gateway.client.aiGateway;
  const types = await allOf(evaluationTypes.list(account));
  expect(types.map(({ id, enable }) => [id, enable])).toEqual([
    ["cost", true],
    ["speed", true],
    ["feedback", true],
  ]);
  const named = await allOf(evaluationTypes.list({ ...account, order_by: "name", order_by_direction: "desc" }));
  expect(named.map(({ id }) => id)).toEqual(["speed", "feedback", "cost"]);
  for (const query of ["per_page=4", "per_page=51", "order_by=colour"]) {
    expect((await gateway.ask("GET", `/accounts/default/ai-gateway/evaluation-types?${query}`)).status).toBe(400);
  }
  expect(await allOf(evaluations.list("default", account))).toEqual([]);
  expect(await thrownBy(evaluations.get("e1", one))).toBeInstanceOf(Cloudflare.NotFoundError);
  expect(await thrownBy(evaluations.list("nope", account))).toBeInstanceOf(Cloudflare.NotFoundError);
});

test("a custom domain belongs to one gateway and is refused when it is no host name", async () => {
  const domains = `${path}/custom-domains`;
  const created = await gateway.ask("POST", domains, { domain: "AI.Example.com.", zone_id: "z1" });
  expect(created.result).toMatchObject({
    hostname: "ai.example.com",
    gateway_id: "default",
    zone_id: "z1",
    status: "active",
    cname_target: "127.0.0.1",
  });
  expect((await gateway.ask("GET", `${domains}/ai.example.com`)).result).toEqual(created.result);
  expect((await gateway.ask("GET", domains)).result).toEqual([created.result]);
  const again = await gateway.ask("POST", domains, { domain: "ai.example.com" });
  expect([again.status, again.errors[0]?.path]).toEqual([409, ["body", "domain"]]);
  for (const domain of [
    "",
    "localhost",
    "10.0.0.1",
    "a..b",
    "-a.example.com",
    "https://a.example.com",
    "a b.example.com",
    1,
  ]) {
    const { status, errors } = await gateway.ask("POST", domains, { domain });
    expect([domain, status, errors[0]?.path]).toEqual([domain, 400, ["body", "domain"]]);
  }
  expect((await gateway.ask("DELETE", `${domains}/AI.example.com`)).result).toEqual(created.result);
  expect((await gateway.ask("GET", `${domains}/ai.example.com`)).status).toBe(404);
});

test("billing reads as an account without credits; nothing can be bought", async () => {
  const { billing } = gateway.client.aiGateway;
  expect(await billing.creditBalance(account)).toMatchObject({ balance: 0, payment_method: null });
  expect(await billing.invoiceHistory({ ...account, type: "manual" })).toMatchObject({ invoices: [] });
  expect(await billing.invoicePreview(account)).toMatchObject({ amount_due: 0, invoice_lines: [] });
  expect(await billing.usageHistory({ ...account, value_grouping_window: "day", start_time: 1 })).toEqual({
    history: [],
  });
  expect(await thrownBy(billing.topup.create({ ...account, amount: 1000 }))).toBeInstanceOf(Cloudflare.BadRequestError);
  expect(await thrownBy(billing.topup.status({ ...account, payment_intent_id: "p" }))).toBeInstanceOf(
    Cloudflare.NotFoundError,
  );
  const { config } = billing.topup;
  expect(await config.create({ ...account, amount: 2000, threshold: 500 })).toEqual({ amount: 2000, threshold: 500 });
  expect(await config.get(account)).toMatchObject({ amount: 2000, threshold: 500 });
  await config.delete(account);
  expect(await config.get(account)).toMatchObject({ amount: null, threshold: null });
  expect(await thrownBy(config.create({ ...account, amount: 999, threshold: 500 }))).toBeInstanceOf(
    Cloudflare.BadRequestError,
  );
  const limit = { amount: 100, duration: "weekly", strategy: "sliding" } as const;
  await billing.spendingLimit.create({ ...account, ...limit });
  expect(await billing.spendingLimit.get(account)).toEqual({ enabled: true, config: limit });
  await billing.spendingLimit.delete(account);
  expect(await billing.spendingLimit.get(account)).toMatchObject({ enabled: false, config: { amount: null } });
  expect(await thrownBy(billing.creditBalance({ account_id: "nobody" }))).toBeInstanceOf(Cloudflare.NotFoundError);
});

test("accounts are listed and end", async () => {
  const { accounts } = gateway.client;
  expect((await allOf(accounts.list())).map(({ id, name, type }) => [id, name, type])).toEqual([
    ["default", "default", "standard"],
  ]);
  expect(await allOf(accounts.list({ name: "other" }))).toEqual([]);
  expect(await accounts.get(account)).toMatchObject({ id: "default" });
  expect(await thrownBy(accounts.get({ account_id: "nobody" }))).toBeInstanceOf(Cloudflare.NotFoundError);
});
