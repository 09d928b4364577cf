import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const account = { account_id: "default" };
const root = "/accounts/default/secrets_store/stores";
const configs = "/accounts/default/ai-gateway/gateways/default/provider_configs";
const text = "sk-very-secret-text-of-mine-4711";
const scopes: "ai_gateway"[] = ["ai_gateway"];

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Everything under the data directory and everything the process said. */
function everythingKept(): string {
  const files = readdirSync(gateway.headgate.directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(gateway.headgate.directory, name))
    .filter((path) => statSync(path).isFile());
  return [
    gateway.headgate.stdout(),
    gateway.headgate.stderr(),
    ...files.map((path) => readFileSync(path, "latin1")),
  ].join("\n");
}

async function newStore(name: string): Promise<string> {
  return (await gateway.client.secretsStore.stores.create({ ...account, name })).id;
}

test("D20 Secrets Store round trip: stores, secrets in a list, copy, change, bulk deletion, quota", async () => {
  const { stores, quota } = gateway.client.secretsStore;
  const { secrets } = stores;
  const store = await stores.create({ ...account, name: "main" });
  expect(await stores.get(store.id, account)).toEqual(store);
  expect((await allOf(stores.list({ ...account, order: "name", direction: "desc" }))).map(({ name }) => name)).toEqual([
    "main",
  ]);
  const body = ["one", "two", "three"].map((name) => ({
    name,
    value: `${text}-${name}`,
    scopes,
    comment: `for ${name}`,
  }));
  const created = await allOf(secrets.create(store.id, { ...account, body }));
  expect(created.map(({ name, status, store_id, comment }) => [name, status, store_id, comment])).toEqual(
    body.map(({ name, comment }) => [name, "active", store.id, comment]),
  );
  const one = created[0]?.id as string;
  const place = { ...account, store_id: store.id };
  expect(await secrets.get(one, place)).toEqual(created[0] as never);
  const found = await allOf(
    secrets.list(store.id, { ...account, search: "FOR T", scopes, order: "name", per_page: 1 }),
  );
  expect(found.map(({ name }) => name)).toEqual(["three", "two"]);
  expect(await allOf(secrets.list(store.id, { ...account, scopes: ["ai_gateway", "workers"] }))).toEqual([]);
  const edited = await secrets.edit(one, { ...place, value: `${text}-new`, comment: "new" });
  expect(edited).toMatchObject({ id: one, name: "one", comment: "new" });
  const copy = await secrets.duplicate(one, { ...place, name: "copy", scopes: ["workers"] });
  expect(copy).toMatchObject({ name: "copy", scopes: ["workers"], status: "active" });
  expect(await quota.get(account)).toMatchObject({ secrets: { usage: 4 } });
  expect(await secrets.delete(copy.id, place)).toMatchObject({ id: copy.id, status: "deleted" });
  const ids = created.slice(1).map(({ id }) => ({ id }));
  await secrets.bulkDelete(store.id, account, { body: ids });
  expect((await allOf(secrets.list(store.id, account))).map(({ name }) => name)).toEqual(["one"]);
  expect(await thrownBy(stores.delete(store.id, account))).toBeInstanceOf(Cloudflare.BadRequestError);
  await stores.delete(store.id, { ...account, force: true });
  expect(await thrownBy(stores.get(store.id, account))).toBeInstanceOf(Cloudflare.NotFoundError);
  expect(await thrownBy(secrets.get(one, place))).toBeInstanceOf(Cloudflare.NotFoundError);
  expect(await quota.get(account)).toMatchObject({ secrets: { usage: 0 } });
});

test("bad input is told with its path, and nothing of a list is kept", async () => {
  const { secrets } = gateway.client.secretsStore.stores;
  const id = await newStore("strict");
  const taken = await gateway.ask("POST", root, { name: "strict" });
  expect([taken.status, taken.errors[0]?.path]).toEqual([409, ["body", "name"]]);
  const good = { name: "good", value: text, scopes };
  const bad: [body: unknown, status: number, path: string][] = [
    [good, 400, "body"],
    [[], 400, "body"],
    [[good, { ...good, name: "a b" }], 400, "body.1.name"],
    [[good, { ...good, name: "x", value: "" }], 400, "body.1.value"],
    [[good, { ...good, name: "x", value: undefined }], 400, "body.1.value"],
    [[good, { ...good, name: "x", scopes: ["everything"] }], 400, "body.1.scopes.0"],
    [[good, { ...good, name: "x", extra: 1 }], 400, "body.1.extra"],
    [[good, { ...good, name: "x", reference: "env:A" }], 400, "body.1.value"],
    [[good, { name: "x", scopes, reference: "vault:a" }], 400, "body.1.reference"],
    [[good, { name: "x", scopes, reference: "file:relative" }], 400, "body.1.reference"],
    [[good, { ...good, comment: "again" }], 409, "body.1.name"],
  ];
  for (const [body, status, path] of bad) {
    const answer = await gateway.ask("POST", `${root}/${id}/secrets`, body);
    expect([body, answer.status, answer.errors[0]?.path?.join(".")]).toEqual([body, status, path]);
    expect(JSON.stringify(answer)).not.toContain("very-secret");
  }
  expect(await allOf(secrets.list(id, account))).toEqual([]);
  expect(await thrownBy(secrets.bulkDelete(id, account))).toBeInstanceOf(Cloudflare.BadRequestError);
  expect(await thrownBy(allOf(secrets.create("nope", { ...account, body: [good] })))).toBeInstanceOf(
    Cloudflare.NotFoundError,
  );
  expect(await thrownBy(allOf(secrets.list(id, { account_id: "nobody" })))).toBeInstanceOf(Cloudflare.NotFoundError);
});

test("provider keys are created, listed, changed and deleted with their secrets", async () => {
  const { providerConfigs } = gateway.client.aiGateway;
  const { stores } = gateway.client.secretsStore;
  const create = (fields: object = {}) =>
    providerConfigs.create("default", {
      ...account,
      provider_slug: "openai",
      alias: "default",
      default_config: true,
      secret: text,
      ...fields,
    });
  const first = await create();
  expect(first).toMatchObject({
    alias: "default",
    default_config: true,
    gateway_id: "default",
    provider_slug: "openai",
    secret_preview: "…4711",
    rate_limit_period: 60,
  });
  const second = await create({ alias: "batch", secret: '{"accessKeyId":"a","secretAccessKey":"b"}', rate_limit: 5 });
  expect(second).toMatchObject({ default_config: true, secret_preview: "{…}", rate_limit: 5 });
  const unlimited = await gateway.ask("PUT", `${configs}/${second.id}`, { rate_limit: 7, rate_limit_period: 30 });
  expect(unlimited).toMatchObject({ result: { rate_limit: 7, rate_limit_period: 30 }, messages: [] });
  const listed = await allOf(providerConfigs.list("default", { ...account, per_page: 1 }));
  expect(listed.map(({ alias, default_config }) => [alias, default_config])).toEqual([
    ["default", false],
    ["batch", true],
  ]);
  const ownStores = await allOf(stores.list(account));
  const lists = await Promise.all(ownStores.map(({ id }) => allOf(stores.secrets.list(id, account))));
  const names = lists.flat().map(({ name }) => name);
  expect(names.toSorted()).toEqual(["default_openai_batch", "default_openai_default"]);

  const changed = await gateway.ask("PUT", `${configs}/${first.id}`, { secret: `${text}-9999` });
  expect(changed.result).toMatchObject({ id: first.id, secret_id: first.secret_id, secret_preview: "…9999" });
  const weighed = await gateway.ask("PUT", `${configs}/${first.id}`, { weight: 3, default_config: true });
  expect(weighed.result).toMatchObject({ weight: 3, default_config: true, secret_preview: "…9999" });
  expect((await gateway.ask("GET", configs)).result).toMatchObject([
    { default_config: true },
    { default_config: false },
  ]);

  const deleted = await gateway.ask("DELETE", `${configs}/${first.id}`);
  expect(deleted.result).toMatchObject({ id: first.id });
  expect((await gateway.ask("DELETE", `${configs}/${second.id}`)).status).toBe(200);
  expect((await gateway.ask("GET", configs)).result).toEqual([]);
  expect(await gateway.client.secretsStore.quota.get(account)).toMatchObject({ secrets: { usage: 0 } });
});

test("a key may use a secret of the store, which then cannot be deleted", async () => {
  const { secrets } = gateway.client.secretsStore.stores;
  const store = await newStore("shared");
  const [kept, other] = await allOf(
    secrets.create(store, {
      ...account,
      body: [
        { name: "kept", value: text, scopes },
        { name: "other", value: text, scopes: ["workers"] },
      ],
    }),
  );
  const body = { provider_slug: "anthropic", alias: "a", default_config: false };
  const made = await gateway.ask("POST", configs, { ...body, secret_id: kept?.id });
  expect(made.result).toMatchObject({ secret_id: kept?.id, secret_preview: "…4711" });
  const place = { ...account, store_id: store };
  const refused = await thrownBy(secrets.delete(kept?.id as string, place));
  expect(refused).toBeInstanceOf(Cloudflare.BadRequestError);
  expect((refused as Error).message).toContain("anthropic");
  await secrets.edit(kept?.id as string, { ...place, value: `${text}-abcd` });
  expect((await gateway.ask("GET", configs)).result[0].secret_preview).toBe("…abcd");
  for (const [fields, path] of [
    [{ secret_id: other?.id }, "secret_id"],
    [{ secret_id: "nope" }, "secret_id"],
    [{}, "secret"],
    [{ secret: "" }, "secret"],
    [{ secret: text, provider_slug: "nobody" }, "provider_slug"],
    [{ secret: text, alias: "a b" }, "alias"],
    [{ secret: text, default_config: undefined }, "default_config"],
    [{ secret: text, weight: 0 }, "weight"],
    [{ secret: text, reference: "env:A" }, "reference"],
    [{ secret: text, colour: "red" }, "colour"],
  ] as const) {
    const { status, errors } = await gateway.ask("POST", configs, { ...body, ...fields });
    expect([fields, status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([fields, 400, 7001, `body.${path}`]);
  }
  const [{ id }] = (await gateway.ask("GET", configs)).result;
  expect((await gateway.ask("PUT", `${configs}/${id}`, {})).status).toBe(400);
  expect((await gateway.ask("PUT", `${configs}/${id}`, { reference: "env:MY_KEY" })).result).toMatchObject({
    secret_id: "",
    secret_preview: "env:MY_KEY",
  });
  await secrets.delete(kept?.id as string, place);
  expect((await gateway.ask("DELETE", `${configs}/${id}`)).status).toBe(200);
  expect((await gateway.ask("DELETE", `${configs}/${id}`)).status).toBe(404);
});

test("a key its provider could never be asked with is refused, and not shown", async () => {
  const body = { provider_slug: "aws-bedrock", alias: "a", default_config: false };
  const cases: [secret: string, says: string][] = [
    ['{"accessKeyId":"hidden", "region":"us-east-1"}', "its member secretAccessKey is missing"],
    ['{"accessKeyId":"hidden', "it begins like a JSON object and is not one"],
    ["hidden\nsecond line", "it holds a line break"],
  ];
  for (const [secret, says] of cases) {
    const asked = await gateway.ask("POST", configs, { ...body, secret });
    const answer = JSON.stringify(asked);
    expect([asked.status, answer.includes(says), answer.includes("hidden")]).toEqual([400, true, false]);
  }
  const kept = await gateway.ask("POST", configs, { ...body, provider_slug: "google", secret: '{"type":"x"}' });
  expect(kept.status).toBe(200);
  await gateway.ask("DELETE", `${configs}/${kept.result.id}`);
});

test("a key given together with a secret's id becomes that secret's value; keys of one alias are a pool", async () => {
  const { secrets } = gateway.client.secretsStore.stores;
  const store = await newStore("both");
  const [kept] = await allOf(secrets.create(store, { ...account, body: [{ name: "k", value: text, scopes }] }));
  const body = { provider_slug: "mistral", alias: "pool", default_config: true };
  const first = await gateway.ask("POST", configs, { ...body, secret_id: kept?.id, secret: `${text}-both` });
  const second = await gateway.ask("POST", configs, { ...body, secret: `${text}-more`, weight: 2 });
  expect(first.result).toMatchObject({ secret_id: kept?.id, secret_preview: "…both", default_config: true });
  expect(second.result).toMatchObject({ secret_preview: "…more", weight: 2, default_config: true });
  expect(
    (await gateway.ask("GET", configs)).result.map((key: { default_config: boolean }) => key.default_config),
  ).toEqual([true, true]);
  for (const { result } of [first, second]) await gateway.ask("DELETE", `${configs}/${result.id}`);
  expect((await secrets.get(kept?.id as string, { ...account, store_id: store })).name).toBe("k");
});

test("only who may everywhere names variables and files of this machine", async () => {
  const groups = ["AI Gateway Write", "Secrets Store Write"].map((id) => ({ id }));
  const resources = { "com.cloudflare.api.account.default": "*" };
  const policies = [{ effect: "allow" as const, permission_groups: groups, resources }];
  const { value: apiToken } = await gateway.client.accounts.tokens.create({ ...account, name: "tenant", policies });
  const baseURL = `${gateway.url}/client/v4`;
  const tenant = new Cloudflare({ baseURL, apiToken: apiToken as string, maxRetries: 0 });
  const store = await newStore("tenant");
  const key = { provider_slug: "groq", alias: "a", default_config: true };
  const gateways = tenant.aiGateway;
  const required = {
    cache_invalidate_on_update: false,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  };
  const otel = [{ url: "https://c.example.com", headers: {}, authorization: "env:HEADGATE_ADMIN_TOKEN" }];
  for (const call of [
    () => tenant.post(configs, { body: { ...key, reference: "env:HEADGATE_ADMIN_TOKEN" } }),
    () => tenant.post(configs, { body: { ...key, reference: "file:/etc/passwd" } }),
    () => tenant.post(`${root}/${store}/secrets`, { body: [{ name: "n", scopes, reference: "file:/etc/passwd" }] }),
    () => gateways.create({ ...account, ...required, id: "spy", otel } as never),
    () => gateways.update("default", { ...account, ...required, otel }),
  ]) {
    const error = await thrownBy(Promise.resolve(call()));
    expect(error).toBeInstanceOf(Cloudflare.PermissionDeniedError);
    expect((error as { errors: { code: number }[] }).errors[0]?.code).toBe(10_000);
  }
  await gateway.client.aiGateway.update("default", { ...account, ...required, otel });
  const read = await gateways.get("default", account);
  const back = await gateways.update("default", {
    ...account,
    ...(read as unknown as typeof required),
    retry_delay: 5,
  });
  expect([back.retry_delay, back.otel?.[0]?.authorization]).toEqual([5, "env:HEADGATE_ADMIN_TOKEN"]);
  const moved = [{ ...otel[0], url: "https://elsewhere.example.com" }] as typeof otel;
  expect(await thrownBy(gateways.update("default", { ...account, ...required, otel: moved }))).toBeInstanceOf(
    Cloudflare.PermissionDeniedError,
  );
  const own = await gateways.providerConfigs.create("default", { ...account, ...key, secret: text });
  expect(own.secret_preview).toBe("…4711");
});

test("no text of a secret is in any file or in anything that was said", () => {
  const kept = everythingKept();
  expect(kept).toContain("default_openai_default");
  expect(kept).not.toContain("very-secret");
  expect(kept).not.toContain("secretAccessKey");
});
