import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateText } from "ai";
import { AiGatewayUnauthorizedError, createAiGateway } from "ai-gateway-provider";
import { createUnified } from "ai-gateway-provider/providers/unified";
import Cloudflare from "cloudflare";
import OpenAI from "openai";
import { createWorkersAI } from "workers-ai-provider";
import { defaultGatewaySettings } from "../../../src/core/gateway-settings.ts";
import { runHeadgateProcess, servedUrl } from "../../support/headgate-process.ts";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { testToken } from "../../support/test-token.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { thrownBy } from "./both-ways.ts";
import { type ProductHosts, redirectProductHosts } from "./product-hosts.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";
import { startBoundWorker } from "./worker-binding.ts";

// A gateway that asks for a token and has the keys of its providers: clients send nothing but the token.
const llama = "@cf/meta/llama-3.1-8b-instruct";
const runner = testToken({ id: "runner" });
const reader = testToken({ id: "reader", groups: ["Workers AI Read"] });
const directory = temporaryDirectory();
const chat = sampleExchange("openai-chat");
const prompt = "Name a river.";

let upstream: VendorUpstream;
let gateway: StartedGateway;
let hosts: ProductHosts;

beforeAll(async () => {
  upstream = startVendorUpstream();
  const keyOf = (provider: string) => {
    const path = join(directory.path, provider);
    writeFileSync(path, `stored-${provider}`);
    return { provider, alias: "default", isDefault: true, weight: 1, reference: `file:${path}` };
  };
  gateway = await startGateway({
    accounts: {
      default: {
        gateways: { default: { ...defaultGatewaySettings, authentication: true } },
        logpush: [],
        providers: {},
        keys: { default: ["openai", "workers-ai"].map(keyOf) },
      },
    },
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      "workers-ai": { base_url: `${upstream.url}/cf`, dialect: null },
    },
    objects: [runner.object, reader.object],
  });
});
beforeEach(() => {
  hosts = redirectProductHosts(gateway.url);
  upstream.answer((request) =>
    request.target.includes("/ai/run/")
      ? jsonAnswer(200, { result: { response: "The Rhône." }, success: true, errors: [], messages: [] })
      : answerOf(chat),
  );
});
afterEach(() => hosts[Symbol.dispose]());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
  directory[Symbol.dispose]();
});

/** The one request came with the stored key, and without the token. */
function expectStoredKey(provider: string): void {
  expect(upstream.requests).toHaveLength(1);
  const [request] = upstream.requests;
  expect(request?.header("authorization")).toBe(`Bearer stored-${provider}`);
  expect(request?.headerLines.filter((line) => line.includes(runner.text) || line.includes(reader.text))).toEqual([]);
}

test("D19 ai-gateway-provider: a stored key in the place of CF_TEMP_TOKEN", async () => {
  const openai = createUnified({ name: "openai", baseURL: "https://api.openai.com/v1", apiKey: "CF_TEMP_TOKEN" });
  const model = createAiGateway({ accountId: "default", gateway: "default", apiKey: runner.text })(
    openai("gpt-4o-mini"),
  );
  expect((await generateText({ model, prompt })).text).toBe("The Loire 🏞️.");
  expectStoredKey("openai");
});

test.each([undefined, "wrong", reader.text])("D19 ai-gateway-provider: %p is no token for it", async (apiKey) => {
  const openai = createUnified({ name: "openai", baseURL: "https://api.openai.com/v1", apiKey: "CF_TEMP_TOKEN" });
  const options = { accountId: "default", gateway: "default", ...(apiKey === undefined ? {} : { apiKey }) };
  const model = createAiGateway(options)(openai("gpt-4o-mini"));
  const fault = await thrownBy(generateText({ model, prompt, maxRetries: 0 }));
  expect(fault).toBeInstanceOf(AiGatewayUnauthorizedError);
  expect(upstream.requests).toHaveLength(0);
});

test.each([
  ["AI Gateway Run", runner.text],
  ["Workers AI Read", reader.text],
])("D19 the openai SDK at the REST address with a token of %s", async (_, apiKey) => {
  const client = (key: string): OpenAI =>
    new OpenAI({ baseURL: "https://api.cloudflare.com/client/v4/accounts/default/ai/v1", apiKey: key, maxRetries: 0 });
  const answer = await client(apiKey).chat.completions.create({
    model: "openai/gpt-4o-mini",
    messages: [{ role: "user", content: prompt }],
  });
  expect(answer.choices[0]?.message.content).toBe("The Loire 🏞️.");
  expectStoredKey("openai");
  const fault = await thrownBy(client("wrong").chat.completions.create({ model: "openai/gpt-4o-mini", messages: [] }));
  expect(fault).toMatchObject({ status: 401 });
});

test("D19 workers-ai-provider at the REST address: its key is the token", async () => {
  const workersAi = createWorkersAI({ accountId: "default", apiKey: reader.text });
  expect((await generateText({ model: workersAi(llama), prompt })).text).toBe("The Rhône.");
  expectStoredKey("workers-ai");
});

test("D19 the development proxy: the token of wrangler's Authorization lets the binding in", async () => {
  const call = (authorization: string): Promise<Response> =>
    fetch("https://api.cloudflare.com/client/v4/accounts/default/ai/run/proxy", {
      method: "POST",
      headers: {
        authorization,
        "content-type": "application/json",
        "x-forwarded": "https://workers-binding.ai/ai-gateway/universal/run/default",
      },
      body: JSON.stringify({ provider: "openai", endpoint: "chat/completions", headers: {}, query: { model: "m" } }),
    });
  expect((await call(`Bearer ${reader.text}`)).status).toBe(200);
  expectStoredKey("openai");
  expect((await call("Bearer wrong")).status).toBe(401);
});

test("D19 workerd: the token in the URL of remote bindings lets the Worker in", async () => {
  const programs = { run: `return env.AI.run("${llama}", { prompt: "x" });` };
  const proxy = `${gateway.url}/client/v4/accounts/default/ai/run/proxy`;
  {
    await using worker = await startBoundWorker(`${proxy}?token=${runner.text}`, programs);
    expect(await worker.evaluate("run")).toEqual({ response: "The Rhône." });
    expectStoredKey("workers-ai");
  }
  await using stranger = await startBoundWorker(proxy, programs);
  expect(await stranger.evaluate("run")).toMatchObject({
    threw: { name: "AiGatewayError", message: expect.stringMatching(/^2009: Unauthorized/) },
  });
}, 20_000);

test("D19 the admin token, whatever it looks like, lets in and goes to no provider", async () => {
  const adminToken = "not-a-token-of-any-form";
  const yaml = [
    "accounts: { default: { gateways: { locked: { authentication: true } } } }",
    `providers: { workers-ai: { base_url: "${upstream.url}/cf" } }`,
  ].join("\n");
  await using headgate = runHeadgateProcess({
    yaml,
    environment: { HEADGATE_WORKERS: "1", HEADGATE_ADMIN_TOKEN: adminToken },
  });
  const url = await servedUrl(headgate);
  hosts[Symbol.dispose]();
  for (const gatewayId of ["default", "locked"]) {
    const client = new Cloudflare({ baseURL: `${url}/client/v4`, apiToken: adminToken, maxRetries: 0 });
    const answer = await client.ai.run(
      llama,
      { account_id: "default", prompt },
      { headers: { "cf-aig-gateway-id": gatewayId } },
    );
    expect(answer).toEqual({ response: "The Rhône." });
  }
  expect(upstream.requests).toHaveLength(2);
  for (const request of upstream.requests) expect(request.header("authorization")).toBeUndefined();
}, 20_000);
