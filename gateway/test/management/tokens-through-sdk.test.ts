import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { allPermissionGroups } from "../../src/access/permission-groups.ts";
import { isTokenText } from "../../src/access/token-text.ts";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

setDefaultTimeout(30_000);

const account = { account_id: "acme" };
const yaml =
  "accounts: { acme: { gateways: { locked: { authentication: true } }, budgets: { b1: { limit: 5 } } }, other: {} }\n";
let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "1" } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const as = (apiToken: string): Cloudflare =>
  new Cloudflare({ baseURL: `${gateway.url}/client/v4`, apiToken, maxRetries: 0 });
const resource = { "com.cloudflare.api.account.acme": "*" };
const policyOf = (...groups: string[]) => [
  { effect: "allow" as const, permission_groups: groups.map((id) => ({ id })), resources: resource },
];
const create = (name: string, groups: string[], more: object = {}) =>
  gateway.client.accounts.tokens.create({ ...account, name, policies: policyOf(...groups), ...more });

/** 401 when the gateway does not let the token in, 400 when it does and finds the body empty. */
async function statusWith(token: string): Promise<number> {
  const headers = { "cf-aig-authorization": `Bearer ${token}` };
  return (await fetch(`${gateway.url}/v1/acme/locked`, { method: "POST", headers })).status;
}

/** Waits for the workers to know what was just changed. */
async function runsWith(token: string, isExpected: boolean): Promise<void> {
  const deadlineMs = performance.now() + 1000;
  const status = isExpected ? 400 : 401;
  while ((await statusWith(token)) !== status && performance.now() < deadlineMs) await Bun.sleep(20);
  expect(await statusWith(token)).toBe(status);
}

test("a token is made, shown without its text, changed, rolled and revoked; workers know within a second", async () => {
  const created = await create("app", ["AI Gateway Run"]);
  const { value = "", ...shown } = created;
  const id = created.id as string;
  expect(isTokenText(value)).toBe(true);
  expect(shown).toMatchObject({
    name: "app",
    status: "active",
    policies: [{ effect: "allow", permission_groups: [{ name: "AI Gateway Run" }], resources: resource }],
    gateway_ids: null,
    models: null,
    budget: null,
    prefix: value.slice(0, 7),
    last_four: value.slice(-4),
  });
  await runsWith(value, true);
  expect(await gateway.client.accounts.tokens.get(id, account)).toEqual(shown as never);
  expect(await allOf(gateway.client.accounts.tokens.list(account))).toEqual([shown as never]);

  const rolled = await gateway.client.accounts.tokens.value.update(id, account);
  expect(isTokenText(rolled)).toBe(true);
  await runsWith(value, false);
  await runsWith(rolled, true);

  const policies = policyOf("AI Gateway Run");
  const disabled = await gateway.client.accounts.tokens.update(id, {
    ...account,
    name: "app 2",
    policies,
    status: "disabled",
  });
  expect(disabled).toMatchObject({ name: "app 2", status: "disabled" });
  await runsWith(rolled, false);
  await gateway.client.accounts.tokens.update(id, { ...account, name: "app 2", policies, status: "active" });
  await runsWith(rolled, true);

  expect(await gateway.client.accounts.tokens.delete(id, account)).toEqual({ id });
  await runsWith(rolled, false);
  expect(await thrownBy(gateway.client.accounts.tokens.get(id, account))).toBeInstanceOf(Cloudflare.NotFoundError);
});

test("a token tells of itself whether it counts", async () => {
  const { value = "", id } = await create("self", ["AI Gateway Run"], { expires_on: "2099-01-01T00:00:00Z" });
  expect(await as(value).user.tokens.verify()).toEqual({
    id: id as string,
    status: "active",
    expires_on: "2099-01-01T00:00:00.000Z",
  });
  expect(await as(value).accounts.tokens.verify(account)).toMatchObject({ id, status: "active" });
  const raw = await fetch(`${gateway.url}/client/v4/user/tokens/verify`, {
    headers: { authorization: `Bearer ${value}` },
  });
  expect(await raw.json()).toMatchObject({
    success: true,
    errors: [],
    messages: [{ code: 10_000, message: "This API Token is valid and active", type: null }],
  });
  expect(await thrownBy(as(value).accounts.tokens.verify({ account_id: "other" }))).toBeInstanceOf(
    Cloudflare.PermissionDeniedError,
  );
  expect(await thrownBy(as(`${value}x`).user.tokens.verify())).toBeInstanceOf(Cloudflare.AuthenticationError);
});

test("e-mail and key as headers are a token, too", async () => {
  const { value = "" } = await create("key", ["AI Gateway Read"]);
  const { apiToken: _, ...options } = { apiToken: null };
  const client = new Cloudflare({
    ...options,
    baseURL: `${gateway.url}/client/v4`,
    apiEmail: "a@b.example",
    apiKey: value,
    apiToken: null,
    maxRetries: 0,
  });
  expect(await client.user.tokens.verify()).toMatchObject({ status: "active" });
  expect(await allOf(client.aiGateway.list(account))).toHaveLength(2);
});

test("conditions and bounds come back as they were given, and null takes them away", async () => {
  const bounds = {
    condition: { request_ip: { in: ["127.0.0.0/8", "::1"], not_in: ["127.0.0.9"] } },
    not_before: "2020-01-01T00:00:00Z",
    expires_on: "2099-01-01T02:00:00+02:00",
    gateway_ids: ["locked"],
    models: ["gpt-4o*"],
    budget: "b1",
  };
  const created = await create("bound", ["AI Gateway Run"], bounds);
  expect(created).toMatchObject({
    ...bounds,
    not_before: "2020-01-01T00:00:00.000Z",
    expires_on: "2099-01-01T00:00:00.000Z",
  });
  const put = (more: object) =>
    gateway.client.accounts.tokens.update(created.id as string, {
      ...account,
      name: "bound",
      policies: policyOf("AI Gateway Run"),
      ...more,
    });
  expect(await put({})).toMatchObject({ condition: bounds.condition, gateway_ids: ["locked"], models: ["gpt-4o*"] });
  const none = { condition: null, not_before: null, expires_on: null, gateway_ids: null, models: null, budget: null };
  const freed = await put(none);
  expect(freed).toMatchObject({ gateway_ids: null, models: null, budget: null });
  for (const name of ["condition", "not_before", "expires_on"]) expect(freed).not.toHaveProperty(name);
});

test("bad tokens are refused with the place of the fault", async () => {
  const path = "/accounts/acme/tokens";
  const good = { name: "x", policies: policyOf("AI Gateway Run") };
  const faults = async (body: object): Promise<unknown[]> => {
    const { status, errors } = await gateway.ask("POST", path, body);
    return [status, ...errors.map(({ code, path: place }) => `${code} ${place?.join(".")}`)];
  };
  expect(await faults({})).toEqual([400, "7001 body.name", "7001 body.policies"]);
  expect(await faults({ ...good, name: "" })).toEqual([400, "7001 body.name"]);
  expect(await faults({ ...good, policies: [] })).toEqual([400, "7001 body.policies"]);
  expect(await faults({ ...good, policies: policyOf("Nothing") })).toEqual([
    400,
    "7001 body.policies.0.permission_groups.0.id",
  ]);
  expect(await faults({ ...good, policies: [{ ...policyOf("AI Gateway Run")[0], effect: "deny" }] })).toEqual([
    400,
    "7001 body.policies.0.effect",
  ]);
  const foreign = [{ ...policyOf("AI Gateway Run")[0], resources: { "com.cloudflare.api.account.other": "*" } }];
  expect(await faults({ ...good, policies: foreign })).toEqual([
    400,
    "7001 body.policies.0.resources.com.cloudflare.api.account.other",
  ]);
  expect(await faults({ ...good, expires_on: "2020-01-01T00:00:00Z" })).toEqual([400, "7001 body.expires_on"]);
  expect(await faults({ ...good, expires_on: "tomorrow" })).toEqual([400, "7001 body.expires_on"]);
  expect(await faults({ ...good, condition: { request_ip: { in: ["10.0.0.0/99"] } } })).toEqual([
    400,
    "7001 body.condition.request_ip.in.0",
  ]);
  const nowhere = { name: "x", policies: [{ effect: "allow", permission_groups: [{ id: "AI Gateway Run" }] }] };
  expect((await gateway.ask("POST", "/accounts/nowhere/tokens", nowhere)).status).toBe(404);
});

test("permission groups are listed with what they grant", async () => {
  const groups = await gateway.client.accounts.tokens.permissionGroups.get(account);
  expect(groups.map(({ name }) => name as string)).toEqual([...allPermissionGroups]);
  const [run] = groups.filter(({ name }) => name === "AI Gateway Run");
  const created = await create("by id", [run?.id as string]);
  expect(created.policies?.[0]?.permission_groups).toMatchObject([{ id: run?.id, name: "AI Gateway Run" }]);
});

test("nobody makes, changes, rolls or revokes a token that may do more than they, nor one of all accounts", async () => {
  const mighty = await create("mighty", ["Headgate Owner"]);
  const { value = "" } = await create("maker", ["Account API Tokens Write", "AI Gateway Run"]);
  const maker = as(value);
  const refused = async (call: Promise<unknown>): Promise<void> => {
    const error = await thrownBy(call);
    expect(error).toBeInstanceOf(Cloudflare.PermissionDeniedError);
    expect((error as { errors: unknown }).errors).toMatchObject([{ code: 10_000 }]);
  };
  const make = (...groups: string[]) =>
    maker.accounts.tokens.create({ ...account, name: "made", policies: policyOf(...groups) });
  const made = await make("AI Gateway Run");
  await refused(make("AI Gateway Read"));
  await refused(make("AI Gateway Run", "Headgate Owner"));
  const id = mighty.id as string;
  await refused(maker.accounts.tokens.value.update(id, account));
  await refused(maker.accounts.tokens.delete(id, account));
  await refused(maker.accounts.tokens.update(id, { ...account, name: "x", policies: policyOf("AI Gateway Run") }));
  await refused(
    maker.accounts.tokens.update(made.id as string, { ...account, name: "x", policies: policyOf("AI Gateway Write") }),
  );
  await refused(maker.accounts.tokens.create({ account_id: "other", name: "x", policies: policyOf("AI Gateway Run") }));
  await refused(maker.user.tokens.create({ name: "x", policies: policyOf("AI Gateway Run") }));
  await refused(allOf(maker.user.tokens.list()));
  await maker.accounts.tokens.delete(made.id as string, account);
});

test("a token of all accounts runs and reads in each of them", async () => {
  const everywhere = { "com.cloudflare.api.account.*": "*" };
  const created = await gateway.client.user.tokens.create({
    name: "ops",
    policies: [
      {
        effect: "allow",
        permission_groups: [{ id: "AI Gateway Read" }, { id: "AI Gateway Run" }],
        resources: everywhere,
      },
    ],
  });
  const value = created.value as string;
  expect(created.policies?.[0]?.resources as unknown).toEqual(everywhere);
  for (const account_id of ["acme", "other"]) {
    expect((await allOf(as(value).aiGateway.list({ account_id }))).length).toBeGreaterThan(0);
  }
  await runsWith(value, true);
  expect((await allOf(gateway.client.user.tokens.list())).map(({ id }) => id)).toEqual([created.id]);
  expect(await gateway.client.user.tokens.delete(created.id as string)).toEqual({ id: created.id as string });
  await runsWith(value, false);
});

test("no text of a token is in any file of the installation or any line of its log", async () => {
  const { value = "", id } = await create("secret", ["AI Gateway Run"]);
  await runsWith(value, true);
  const rolled = await gateway.client.accounts.tokens.value.update(id as string, account);
  await statusWith(value);
  const files = readdirSync(gateway.headgate.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "cli.token")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const texts = [...files, gateway.headgate.stdout(), gateway.headgate.stderr()];
  expect(texts.length).toBeGreaterThan(5);
  // What is shown of it, its beginning and its end, may be there.
  for (const text of [value, rolled]) {
    expect(texts.filter((held) => held.includes(text.slice(3, -4)) || held.includes(text.slice(7)))).toEqual([]);
  }
  expect(texts.some((held) => held.includes(value.slice(0, 7)))).toBe(true);
});
