import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { embedMany, generateText, rerank, streamText } from "ai";
import { createWorkersAI } from "workers-ai-provider";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { jsonAnswer } from "./answers.ts";
import { thrownBy } from "./both-ways.ts";
import { type ProductHosts, redirectProductHosts } from "./product-hosts.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorAnswer, VendorUpstream } from "./vendor-upstream.ts";

const llama = "@cf/meta/llama-3.1-8b-instruct";
const messages = [{ role: "user", content: "Name a river." }];
const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
const streamed: VendorAnswer = {
  status: 200,
  headers: { "content-type": "text/event-stream" },
  pieces: [
    'data: {"response":"The ","p":"ab"}\n\n',
    'data: {"response":"Rhône.","p":"abc"}\n\n',
    `data: {"response":"","usage":${JSON.stringify(usage)}}\n\n`,
    "data: [DONE]\n\n",
  ],
};

let upstream: VendorUpstream;
let gateway: StartedGateway;
let hosts: ProductHosts;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { "my-gw": {} },
    providers: { "workers-ai": { base_url: `${upstream.url}/cf`, dialect: null } },
  });
});
beforeEach(() => {
  hosts = redirectProductHosts(gateway.url);
});
afterEach(() => hosts[Symbol.dispose]());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

function answer(result: unknown): void {
  upstream.answer(() => jsonAnswer(200, { result, success: true, errors: [], messages: [] }));
}

/** The one request as it arrived, without anything that was for the gateway. */
function arrived(): { target: string; body: unknown } {
  expect(upstream.requests).toHaveLength(1);
  const [request] = upstream.requests;
  expect(request?.header("authorization")).toBe("Bearer cf-fake");
  expect(request?.headerLines.filter((line) => /^cf-aig-/i.test(line))).toEqual([]);
  return { target: request?.target ?? "", body: JSON.parse(request?.body().toString() ?? "") };
}

const ways = [
  {
    way: "by the REST address",
    gateway: undefined,
    url: `https://api.cloudflare.com/client/v4/accounts/default/ai/run/`,
    gatewayId: "default",
  },
  {
    way: "through a gateway",
    gateway: { id: "my-gw", skipCache: true, cacheTtl: 300, cacheKey: "k", metadata: { team: "maps" } },
    url: "https://gateway.ai.cloudflare.com/v1/default/my-gw/workers-ai/run/",
    gatewayId: "my-gw",
  },
];

describe.each(ways)("D19 workers-ai-provider $way", ({ gateway: options, url, gatewayId }) => {
  let workersAi: ReturnType<typeof createWorkersAI>;
  beforeEach(() => {
    // It takes the global fetch as it is now.
    workersAi = createWorkersAI({
      accountId: "default",
      apiKey: "cf-fake",
      ...(options === undefined ? {} : { gateway: options }),
    });
  });

  test("chat", async () => {
    answer({ response: "The Rhône.", usage });
    const result = await generateText({ model: workersAi(llama), prompt: "Name a river." });
    expect([result.text, result.usage.inputTokens, result.usage.outputTokens]).toEqual(["The Rhône.", 4, 3]);
    const { target, body } = arrived();
    expect(target).toBe(`/cf/ai/run/${llama}`);
    expect(body).toMatchObject({ messages });
    expect(hosts.requests.map((request) => request.url)).toEqual([url + llama]);
    expect(gateway.records().at(-1)).toMatchObject({
      gatewayId,
      provider: "workers-ai",
      model: llama,
      metadata: options?.metadata ?? null,
      usage: { inputTokens: 4, outputTokens: 3 },
    });
  });

  test("streamed chat", async () => {
    upstream.answer(() => streamed);
    const { text, usage: told } = streamText({ model: workersAi(llama), prompt: "Name a river." });
    expect([await text, (await told).totalTokens]).toEqual(["The Rhône.", 7]);
    expect(arrived().body).toMatchObject({ messages, stream: true });
    expect(gateway.records().at(-1)).toMatchObject({ streamed: true, outcome: "complete", usage: { totalTokens: 7 } });
  });

  test("embeddings", async () => {
    answer({
      shape: [2, 2],
      data: [
        [1, 0],
        [0, 1],
      ],
      pooling: "mean",
    });
    const model = workersAi.textEmbedding("@cf/baai/bge-base-en-v1.5");
    expect((await embedMany({ model, values: ["a", "b"] })).embeddings).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(arrived()).toEqual({ target: "/cf/ai/run/@cf/baai/bge-base-en-v1.5", body: { text: ["a", "b"] } });
  });

  test("rerank", async () => {
    answer({
      response: [
        { id: 1, score: 0.9 },
        { id: 0, score: 0.2 },
      ],
    });
    const model = workersAi.reranking("@cf/baai/bge-reranker-base");
    const { ranking } = await rerank({ model, query: "rivers", documents: ["a hill", "a river"] });
    expect(ranking.map(({ originalIndex, score }) => [originalIndex, score])).toEqual([
      [1, 0.9],
      [0, 0.2],
    ]);
    expect(arrived().body).toMatchObject({ query: "rivers", contexts: [{ text: "a hill" }, { text: "a river" }] });
  });

  test("an error comes with its status", async () => {
    const refusal = { result: null, success: false, errors: [{ code: 5007, message: "No such model" }], messages: [] };
    upstream.answer(() => jsonAnswer(400, refusal));
    const fault = await thrownBy(generateText({ model: workersAi("@cf/none" as never), prompt: "x", maxRetries: 0 }));
    expect(fault).toMatchObject({ statusCode: 400, responseBody: JSON.stringify(refusal) });
  });
});

test("D19 workers-ai-provider with a fetch of its own", async () => {
  answer({ response: "The Rhône." });
  const asked: string[] = [];
  const ownFetch = ((input: string, init?: RequestInit) => {
    asked.push(input);
    return fetch(input.replace("https://gateway.ai.cloudflare.com", "https://api.cloudflare.com"), init);
  }) as typeof fetch;
  const workersAi = createWorkersAI({
    accountId: "default",
    apiKey: "cf-fake",
    fetch: ownFetch,
    gateway: { id: "my-gw" },
  });
  expect((await generateText({ model: workersAi(llama), prompt: "Name a river." })).text).toBe("The Rhône.");
  expect(asked).toEqual([`https://gateway.ai.cloudflare.com/v1/default/my-gw/workers-ai/run/${llama}`]);
});
