import { afterAll, beforeAll, expect, test } from "bun:test";
import type Cloudflare from "cloudflare";
import { thrownBy } from "../conformance/clients/both-ways.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";

interface Model {
  readonly id: string;
  readonly name: string;
  readonly task: { readonly name: string };
  readonly properties: readonly { readonly property_id: string; readonly value: unknown }[];
}

const account = { account_id: "default" };
let gateway: ManagedGateway;
let client: Cloudflare;

beforeAll(async () => {
  gateway = await startManagedGateway({ environment: { HEADGATE_WORKERS: "0" } });
  client = gateway.client;
});
afterAll(() => gateway[Symbol.asyncDispose]());

test("D19 ai.models.list goes through all pages and ends", async () => {
  const models = (await Array.fromAsync(client.ai.models.list({ ...account, per_page: 100 }))) as Model[];
  expect(models.length).toBeGreaterThan(500);
  expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  expect(models[0]?.name).toStartWith("@cf/");
  const llama = models.find(({ name }) => name === "@cf/meta/llama-3.1-8b-instruct");
  expect(llama).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    source: 1,
    task: { name: "Text Generation" },
    properties: [
      {
        property_id: "price",
        value: [
          { unit: "per M input tokens", price: expect.any(Number), currency: "USD" },
          { unit: "per M output tokens", price: expect.any(Number), currency: "USD" },
        ],
      },
    ],
  });
  expect(models.some(({ name }) => name === "openai/gpt-4o-mini")).toBe(true);
});

test("D19 wrangler pages by fifty until a short page", async () => {
  const path = "/accounts/default/ai/models/search";
  let count = 0;
  for (let page = 1; page < 200; page += 1) {
    const { result } = await gateway.ask("GET", `${path}?per_page=50&page=${page}`);
    count += result.length;
    if (result.length < 50) break;
  }
  const { result_info: info } = await gateway.ask("GET", path);
  expect(count).toBe(info.total_count);
});

test("search, author and task narrow the list", async () => {
  const names = async (query: Parameters<typeof client.ai.models.list>[0]): Promise<string[]> =>
    ((await client.ai.models.list(query)).result as Model[]).map(({ name }) => name);
  expect(await names({ ...account, search: "BGE-base" })).toEqual(["@cf/baai/bge-base-en-v1.5"]);
  expect(new Set((await names({ ...account, author: "meta" })).map((name) => name.slice(0, 9)))).toEqual(
    new Set(["@cf/meta/"]),
  );
  expect(await names({ ...account, task: "Text Embeddings", author: "baai" })).toContain("@cf/baai/bge-m3");
  expect(await names({ ...account, task: "None" })).toEqual([]);
});

test("authors and tasks", async () => {
  const authors = (await Array.fromAsync(client.ai.authors.list(account))) as { name: string }[];
  expect(authors.map(({ name }) => name)).toEqual(expect.arrayContaining(["meta", "baai", "openai", "mistral"]));
  const tasks = (await Array.fromAsync(client.ai.tasks.list(account))) as { name: string }[];
  expect(tasks.map(({ name }) => name)).toContain("Text Embeddings");
});

test("an account that is not there has no models", async () => {
  const fault = await thrownBy(client.ai.tasks.list({ account_id: "nobody" }) as never);
  expect(fault).toMatchObject({ status: 404, errors: [{ code: 7002 }] });
});
