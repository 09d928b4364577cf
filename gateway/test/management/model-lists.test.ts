import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { thrownBy } from "../conformance/clients/both-ways.ts";
import { type HeadgateProcess, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";

interface Model {
  readonly id: string;
  readonly name: string;
  readonly task: { readonly name: string };
  readonly properties: readonly { readonly property_id: string; readonly value: unknown }[];
}

const account = { account_id: "default" };
let headgate: HeadgateProcess;
let url: string;
let client: Cloudflare;

beforeAll(async () => {
  headgate = runHeadgateProcess({ environment: { HEADGATE_WORKERS: "0" } });
  url = await servedUrl(headgate);
  client = new Cloudflare({ baseURL: `${url}/client/v4`, apiToken: "unused", maxRetries: 0 });
});
afterAll(() => headgate[Symbol.asyncDispose]());

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
  let count = 0;
  for (let page = 1; page < 200; page += 1) {
    const answer = await fetch(`${url}/client/v4/accounts/default/ai/models/search?per_page=50&page=${page}`);
    const { result } = (await answer.json()) as { result: unknown[] };
    count += result.length;
    if (result.length < 50) break;
  }
  const { result_info: info } = (await (
    await fetch(`${url}/client/v4/accounts/default/ai/models/search?search=`)
  ).json()) as { result_info: { total_count: number } };
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
