import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { generateText, streamText } from "ai";
import { createAiGateway } from "ai-gateway-provider";
import { createUnified, unified } from "ai-gateway-provider/providers/unified";
import { startReplayUpstream } from "../../support/replay-upstream.ts";
import type { ReplayUpstream } from "../../support/replay-upstream.ts";
import { sampleExchange } from "../../support/samples.ts";
import { thrownBy } from "./both-ways.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";

const HOST = "https://gateway.ai.cloudflare.com";
const realFetch = globalThis.fetch;
const chat = sampleExchange("openai-chat");

let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream();
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      mistral: { base_url: `${upstream.url}/mistral`, dialect: null },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});
beforeEach(() => {
  upstream.forget();
  // The package names its host itself and calls the global fetch.
  const toGateway = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    expect(url).toStartWith(`${HOST}/v1/default/`);
    return realFetch(gateway.url + url.slice(HOST.length), init);
  };
  globalThis.fetch = Object.assign(toGateway, { preconnect: realFetch.preconnect });
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

const aiGateway = createAiGateway({ accountId: "default", gateway: "default" });

test("D5 unified: a text, its prefix cut out of the step's query", async () => {
  upstream.route({ path: "/openai/v1/chat/completions", exchange: chat });
  const keyed = createUnified({ apiKey: "sk-1" });
  const { text, usage } = await generateText({ model: aiGateway(keyed("openai/gpt-4o-mini")), prompt: "Name a river" });
  expect(text).toBe("The Loire 🏞️.");
  expect(usage.inputTokens).toBe(11);
  const [request] = upstream.requests;
  expect(JSON.parse(request?.body().toString() ?? "")).toMatchObject({
    model: "gpt-4o-mini",
    messages: [{ role: "user" }],
  });
  expect(request?.header("authorization")).toBe("Bearer sk-1");
  expect(gateway.records().at(-1)).toMatchObject({
    provider: "openai",
    model: "gpt-4o-mini",
    path: "chat/completions",
    requestType: "universal",
    outcome: "complete",
    cost: { state: "priced" },
  });
});

test("D5 unified: a stream, from the second of two steps", async () => {
  upstream.route({
    path: "/openai/v1/chat/completions",
    exchange: sampleExchange("openai-error"),
    control: { status: 500 },
  });
  upstream.route({ path: "/mistral/v1/chat/completions", exchange: sampleExchange("mistral-chat-stream") });
  const model = aiGateway([unified("openai/gpt-4o-mini"), unified("mistral/mistral-small-latest")]);
  const result = streamText({ model, prompt: "Name a river" });
  let text = "";
  for await (const piece of result.textStream) text += piece;
  expect(text.length).toBeGreaterThan(5);
  expect(upstream.requests.map(({ target }) => target)).toEqual([
    "/openai/v1/chat/completions",
    "/mistral/v1/chat/completions",
  ]);
  expect(gateway.records().slice(-2)).toMatchObject([
    { step: 0, provider: "openai", outcome: "superseded" },
    { step: 1, provider: "mistral", model: "mistral-small-latest", outcome: "complete", streamed: true },
  ]);
});

test("D5 compat and provider steps in one array, both ways round", async () => {
  // The package tells providers by their host, so this one is a step for the provider itself.
  const mistral = createUnified({ baseURL: "https://api.mistral.ai/v1", apiKey: "mk-1" });
  const failing = { exchange: sampleExchange("openai-error"), control: { status: 404 } };
  const answered = { exchange: sampleExchange("mistral-chat") };
  const [openaiPath, mistralPath] = ["/openai/v1/chat/completions", "/mistral/v1/chat/completions"];
  const askBoth = async (order: readonly ("compat" | "provider")[]): Promise<string[]> => {
    const models = { compat: unified("openai/gpt-4o-mini"), provider: mistral("mistral-small-latest") };
    const { text } = await generateText({
      model: aiGateway(order.map((kind) => models[kind])),
      prompt: "Name a river",
    });
    expect(text).toContain("Loire");
    return upstream.requests.map((request) => `${request.target} ${request.header("authorization") ?? "no key"}`);
  };
  upstream.route({ path: openaiPath, ...failing });
  upstream.route({ path: mistralPath, ...answered });
  expect(await askBoth(["compat", "provider"])).toEqual([`${openaiPath} no key`, `${mistralPath} Bearer mk-1`]);

  upstream.forget();
  upstream.route({ path: mistralPath, ...failing });
  upstream.route({ path: openaiPath, exchange: chat });
  expect(await askBoth(["provider", "compat"])).toEqual([`${mistralPath} Bearer mk-1`, `${openaiPath} no key`]);
});

test("D5 unified: an unknown prefix reaches its reader in words", async () => {
  const failed = generateText({ model: aiGateway(unified("nobody/gpt")), prompt: "x", maxRetries: 0 });
  const error = (await thrownBy(failed)) as Error & { readonly statusCode: number; readonly responseBody: string };
  expect(error.statusCode).toBe(400);
  expect(JSON.parse(error.responseBody)).toMatchObject({
    error: [{ code: 2008, message: "Invalid provider" }],
    details: { path: "[0].query.model", cause: 'there is no provider "nobody"' },
  });
  expect(upstream.requests).toHaveLength(0);
});
