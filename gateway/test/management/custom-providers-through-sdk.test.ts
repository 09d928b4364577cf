import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const account = { account_id: "default" };
const path = "/accounts/default/ai-gateway/custom-providers";
const gpu = { name: "Our <GPUs>", slug: "gpu", base_url: "https://gpu.example.com/v1" };

const yaml = `
providers:
  custom-lab: { base_url: "http://127.0.0.1:9/v1" }
`;

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway({ yaml });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test("a custom provider is created disabled, found, changed and deleted", async () => {
  const { customProviders } = gateway.client.aiGateway;
  const created = await customProviders.create({ ...account, ...gpu, description: "d", position: 3 });
  expect(created).toMatchObject({ ...gpu, enable: false, beta: false, description: "d", position: 3 });
  expect(created as object).toHaveProperty("dialect", "openai-chat");
  const svg = Buffer.from(created.logo?.split(",")[1] ?? "", "base64").toString();
  expect([svg.startsWith("<svg"), svg.includes("GPUs"), svg.includes(">O</text>")]).toEqual([true, false, true]);
  expect(await customProviders.get(created.id, account)).toEqual(created);
  expect((await allOf(customProviders.list({ ...account, enable: false }))).map(({ slug }) => slug)).toEqual(["gpu"]);
  expect((await allOf(customProviders.list({ ...account, search: "GPU" }))).length).toBe(1);
  expect((await allOf(customProviders.list({ ...account, beta: true }))).length).toBe(0);
  const changed = await gateway.ask("PATCH", `${path}/${created.id}`, {
    enable: true,
    dialect: "anthropic-messages",
    description: null,
  });
  expect(changed.result).toMatchObject({ ...gpu, enable: true, dialect: "anthropic-messages", description: null });
  expect(await customProviders.delete(created.id, account)).toEqual(changed.result);
  expect((await allOf(customProviders.list({ ...account, search: "gpu" }))).length).toBe(0);
});

test("the list is in the order of names and ends", async () => {
  const { customProviders } = gateway.client.aiGateway;
  for (const name of ["zeta", "Alpha", "beta"]) {
    await customProviders.create({ ...account, ...gpu, name, slug: `o-${name.toLowerCase()}` });
  }
  const all = await allOf(customProviders.list({ ...account, search: "o-", per_page: 1 }));
  expect(all.map(({ name }) => name)).toEqual(["Alpha", "beta", "zeta"]);
});

test("a slug that is taken is 409 with code 1003, an unknown id 404 with code 1004, an address that may not be called 400 with 1002", async () => {
  const { customProviders } = gateway.client.aiGateway;
  await customProviders.create({ ...account, ...gpu, slug: "taken" });
  const taken = await thrownBy(customProviders.create({ ...account, ...gpu, slug: "taken" }));
  expect(taken).toBeInstanceOf(Cloudflare.ConflictError);
  expect((taken as { errors: unknown }).errors).toMatchObject([{ code: 1003, path: ["body", "slug"] }]);
  for (const call of [() => customProviders.get("nope", account), () => customProviders.delete("nope", account)]) {
    const missing = await thrownBy(call());
    expect(missing).toBeInstanceOf(Cloudflare.NotFoundError);
    expect((missing as { errors: unknown }).errors).toMatchObject([{ code: 1004 }]);
  }
  for (const url of [
    "http://gpu.example.com/v1",
    "ftp://gpu.example.com",
    "gpu.example.com",
    "",
    "https://127.0.0.1/v1",
    "https://localhost:11434",
    "https://[::1]/v1",
    "https://10.1.2.3/v1",
    "https://169.254.169.254/latest",
    "https://0x7f000001/v1",
    "https://ollama.internal/v1",
    "https://me:secret@gpu.example.com",
  ]) {
    const { status, errors } = await gateway.ask("POST", path, { ...gpu, slug: "bad", base_url: url });
    expect([url, status, errors[0]?.code, errors[0]?.path]).toEqual([url, 400, 1002, ["body", "base_url"]]);
    expect(JSON.stringify(errors)).not.toContain("secret");
  }
});

test("bad input is told with its path", async () => {
  const bad: [object, string][] = [
    [{ name: "" }, "name"],
    [{ name: undefined }, "name"],
    [{ slug: "Upper" }, "slug"],
    [{ slug: "a_b" }, "slug"],
    [{ slug: "-a" }, "slug"],
    [{ slug: "a".repeat(64) }, "slug"],
    [{ base_url: undefined }, "base_url"],
    [{ base_url: "https://gpu.example.com/v1?key=1" }, "base_url"],
    [{ base_url: "https://gpu.example.com/{resource}" }, "base_url"],
    [{ dialect: "morse" }, "dialect"],
    [{ enable: 1 }, "enable"],
    [{ position: -1 }, "position"],
    [{ api_key: "x" }, "api_key"],
  ];
  for (const [fields, expected] of bad) {
    const { status, errors } = await gateway.ask("POST", path, { ...gpu, slug: "bad", ...fields });
    expect([fields, status, errors[0]?.code, errors[0]?.path?.join(".")]).toEqual([
      fields,
      400,
      7001,
      `body.${expected}`,
    ]);
  }
  const [known] = await allOf(gateway.client.aiGateway.customProviders.list({ ...account, search: "taken" }));
  const renamed = await gateway.ask("PATCH", `${path}/${known?.id}`, { slug: "other" });
  expect([renamed.status, renamed.errors[0]?.path]).toEqual([400, ["body", "slug"]]);
  const moved = await gateway.ask("PATCH", `${path}/${known?.id}`, { base_url: "http://10.0.0.1" });
  expect([moved.status, moved.errors[0]?.code]).toEqual([400, 1002]);
});

test("what the configuration file declares is shown as such and refuses changes", async () => {
  const [own] = await allOf(gateway.client.aiGateway.customProviders.list({ ...account, search: "lab" }));
  expect(own as object).toMatchObject({ slug: "lab", base_url: "http://127.0.0.1:9/v1", managed_by: "file" });
  for (const [method, body] of [
    ["PATCH", { enable: false }],
    ["DELETE", undefined],
  ] as const) {
    const { status, errors } = await gateway.ask(method, `${path}/${own?.id}`, body);
    expect([status, errors[0]?.code, errors[0]?.message]).toEqual([
      409,
      7001,
      expect.stringContaining("headgate.yaml"),
    ]);
  }
  expect((await gateway.ask("POST", path, { ...gpu, slug: "lab" })).errors[0]?.code).toBe(1003);
});
