import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import Cloudflare from "cloudflare";
import OpenAI from "openai";
import { bodyBytes } from "../../support/recordings.ts";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { thrownBy } from "./both-ways.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

const slugs = ["openai", "anthropic", "mistral", "grok", "workers-ai"];
const llama = "@cf/meta/llama-3.1-8b-instruct";
const messages = [{ role: "user" as const, content: "Name a river." }];
const envelope = {
  result: { response: "The Rhône.", usage: { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 } },
  success: true,
  errors: [],
  messages: [],
};

let upstream: VendorUpstream;
let gateway: StartedGateway;
let base: string;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { "my-gw": {} },
    providers: Object.fromEntries(slugs.map((slug) => [slug, { base_url: `${upstream.url}/${slug}`, dialect: null }])),
  });
  base = `${gateway.url}/client/v4/accounts/default/ai`;
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

/** The only request that arrived. */
function arrived(): { target: string; body: unknown; header: (name: string) => string | undefined } {
  expect(upstream.requests).toHaveLength(1);
  const [request] = upstream.requests;
  return {
    target: request?.target ?? "",
    body: JSON.parse(request?.body().toString() || "null"),
    header: (name) => request?.header(name),
  };
}

describe("D19 the openai SDK at the REST address", () => {
  let client: OpenAI;
  beforeEach(() => {
    client = new OpenAI({ baseURL: `${base}/v1`, apiKey: "cf-token", maxRetries: 0 });
  });

  test("chat of a third-party model: its prefix goes, and the token of the address reaches no third party", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-chat")));
    const { data, response } = await client.chat.completions
      .create({ model: "openai/gpt-4o-mini", messages }, { headers: { "cf-aig-gateway-id": "my-gw" } })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe("The Loire 🏞️.");
    const { target, body, header } = arrived();
    expect([target, body]).toEqual(["/openai/v1/chat/completions", { model: "gpt-4o-mini", messages }]);
    expect(header("authorization")).toBeUndefined();
    expect(gateway.records().at(-1)).toMatchObject({ gatewayId: "my-gw", provider: "openai", requestType: "provider" });
    expect(response.headers.get("cf-ai-req-id")).toBe(response.headers.get("cf-aig-request-id"));
  });

  test("streamed chat of a Workers AI model: the token is its provider's key", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-chat-stream")));
    const stream = await client.chat.completions.create({ model: llama, messages, stream: true });
    const pieces = await Array.fromAsync(stream, (chunk) => chunk.choices[0]?.delta.content ?? "");
    expect(pieces.join("")).toBe("The Loire 🏞️, près d’Orléans");
    const { target, body, header } = arrived();
    expect([target, body]).toEqual(["/workers-ai/ai/v1/chat/completions", { model: llama, messages, stream: true }]);
    expect(header("authorization")).toBe("Bearer cf-token");
    expect(gateway.records().at(-1)).toMatchObject({
      gatewayId: "default",
      provider: "workers-ai",
      model: expect.any(String),
    });
  });

  test("embeddings", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-embeddings")));
    const { data } = await client.embeddings.create({
      model: "@cf/baai/bge-base-en-v1.5",
      input: ["a"],
      encoding_format: "float",
    });
    expect(data.length).toBeGreaterThan(0);
    expect(arrived().target).toBe("/workers-ai/ai/v1/embeddings");
  });

  test("the list of models", async () => {
    upstream.answer(() => jsonAnswer(200, {}));
    const models = await Array.fromAsync(client.models.list(), ({ id }) => id);
    expect(models).toContain("openai/gpt-4o-mini");
    expect(upstream.requests).toHaveLength(0);
  });

  test("responses go to a provider that has them, under one of its aliases, too", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-responses")));
    await client.responses.create({ model: "xai/grok-4.1", input: "Name a river." });
    expect(arrived()).toMatchObject({
      target: "/grok/v1/responses",
      body: { model: "grok-4.1", input: "Name a river." },
    });
  });

  test("what would have to be translated is refused, and says so", async () => {
    upstream.answer(() => jsonAnswer(200, {}));
    const fault = await thrownBy(client.responses.create({ model: "mistral/mistral-small", input: "x" }));
    expect(fault).toMatchObject({ status: 400 });
    expect(String(fault)).toContain("responses is not supported by mistral");
    expect(upstream.requests).toHaveLength(0);
  });

  test.each(["unknown-author/model", "gpt-4o", "dynamic/route", ""])("%p is no model", async (model) => {
    upstream.answer(() => jsonAnswer(200, {}));
    const fault = await thrownBy(client.chat.completions.create({ model, messages }));
    expect(fault).toMatchObject(model === "" ? { status: 400 } : { status: 404 });
    expect(String(fault)).toContain(model === "" ? "model is empty" : `Model not found: ${model}`);
    expect(upstream.requests).toHaveLength(0);
  });
});

describe("D19 the anthropic SDK at the REST address", () => {
  test("messages, with the version doubled as the SDK does it, and a dotted name", async () => {
    upstream.answer(() => answerOf(sampleExchange("anthropic-message")));
    const client = new Anthropic({ baseURL: `${base}/v1`, authToken: "cf-token", apiKey: null, maxRetries: 0 });
    const message = await client.messages.create({ model: "anthropic/claude-haiku-4.5", max_tokens: 64, messages });
    expect(message.content).toMatchObject([{ type: "text", text: "The Elbe." }]);
    const { target, body, header } = arrived();
    expect([target, body]).toEqual(["/anthropic/v1/messages", { model: "claude-haiku-4-5", max_tokens: 64, messages }]);
    expect(header("authorization")).toBeUndefined();
    expect(header("anthropic-version")).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("streamed messages, with the provider's key beside the token", async () => {
    upstream.answer(() => answerOf(sampleExchange("anthropic-message-stream")));
    const client = new Anthropic({
      baseURL: base,
      authToken: "cf-token",
      apiKey: null,
      defaultHeaders: { "x-api-key": "sk-ant-fake" },
      maxRetries: 0,
    });
    const text = await client.messages
      .stream({ model: "anthropic/claude-sonnet-4-5", max_tokens: 64, messages })
      .finalText();
    expect(text).toBe("The Elbe, Dresden’s river.");
    expect(arrived().header("x-api-key")).toBe("sk-ant-fake");
  });

  test("models of others are refused", async () => {
    upstream.answer(() => jsonAnswer(200, {}));
    const client = new Anthropic({ baseURL: base, authToken: "cf-token", apiKey: null, maxRetries: 0 });
    const fault = await thrownBy(client.messages.create({ model: llama, max_tokens: 64, messages }));
    expect(String(fault)).toContain("messages is not supported by workers-ai");
    expect(upstream.requests).toHaveLength(0);
  });
});

describe("D19 the cloudflare SDK at the REST address", () => {
  let client: Cloudflare;
  beforeEach(() => {
    client = new Cloudflare({ baseURL: `${gateway.url}/client/v4`, apiToken: "cf-token", maxRetries: 0 });
  });

  test("ai.run, whose slashes come encoded", async () => {
    upstream.answer(() => jsonAnswer(200, envelope));
    const answer = await client.ai.run(llama, { account_id: "default", messages });
    expect(answer).toEqual(envelope.result);
    const { target, body, header } = arrived();
    expect([target, body]).toEqual([`/workers-ai/ai/run/${llama}`, { messages }]);
    expect(header("authorization")).toBe("Bearer cf-token");
    expect(gateway.records().at(-1)).toMatchObject({ provider: "workers-ai", model: llama, usage: { inputTokens: 4 } });
  });

  test("ai.run of a third party's model gets the provider's answer in the envelope", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-chat")));
    const answer = await client.ai.run("openai/gpt-4o-mini", { account_id: "default", messages } as never);
    expect(answer).toEqual(JSON.parse(bodyBytes(sampleExchange("openai-chat").response).toString()));
    expect(arrived()).toMatchObject({
      target: "/openai/v1/chat/completions",
      body: { model: "gpt-4o-mini", messages },
    });
  });

  test("ai.run of Anthropic's models speaks Messages", async () => {
    upstream.answer(() => answerOf(sampleExchange("anthropic-message")));
    await client.ai.run("anthropic/claude-haiku-4.5", { account_id: "default", max_tokens: 9, messages } as never);
    const { target, body, header } = arrived();
    expect([target, body]).toEqual(["/anthropic/v1/messages", { model: "claude-haiku-4-5", max_tokens: 9, messages }]);
    expect(header("anthropic-version")).toBe("2023-06-01");
  });

  test("errors of Workers AI and of the gateway are read from the envelope", async () => {
    upstream.answer(() =>
      jsonAnswer(400, {
        result: null,
        success: false,
        errors: [{ code: 5007, message: "No such model" }],
        messages: [],
      }),
    );
    const theirs = await thrownBy(client.ai.run("@cf/none", { account_id: "default", text: "x" }));
    expect(theirs).toMatchObject({ status: 400, errors: [{ code: 5007, message: "No such model" }] });
    const ours = await thrownBy(client.ai.run("nobody/model", { account_id: "default", messages } as never));
    expect(ours).toMatchObject({ status: 404, errors: [{ code: 7003, message: "Model not found: nobody/model" }] });
  });
});

describe("POST /ai/run", () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  test("the input goes out byte for byte", async () => {
    upstream.answer(() => jsonAnswer(200, envelope));
    const answer = await post("/run", `{"options":{},"input": {"prompt" : "x",  "n":1.0} ,"model":"${llama}"}`);
    expect(await answer.json()).toEqual(envelope);
    expect(upstream.requests[0]?.body().toString()).toBe('{"prompt" : "x",  "n":1.0}');
    expect(upstream.requests[0]?.target).toBe(`/workers-ai/ai/run/${llama}`);
  });

  test("options of the run become the query that Workers AI reads", async () => {
    upstream.answer(() => jsonAnswer(200, envelope));
    const options = { rejectIfBusy: true, tags: ["a"], gateway: { id: "x" }, note: "a b&c" };
    await post("/run", { model: llama, input: { prompt: "x" }, options });
    expect(upstream.requests[0]?.target).toBe(`/workers-ai/ai/run/${llama}?rejectIfBusy=true&note=a+b%26c`);
  });

  test("raw slashes, a query and bytes that are no JSON", async () => {
    upstream.answer(() => jsonAnswer(200, { result: { text: "hello" }, success: true, errors: [], messages: [] }));
    const answer = await post(`/run/@cf/openai/whisper?queueRequest=true`, "RIFF", { "content-type": "audio/wav" });
    expect(answer.status).toBe(200);
    expect(upstream.requests[0]).toMatchObject({ target: "/workers-ai/ai/run/@cf/openai/whisper?queueRequest=true" });
    expect(upstream.requests[0]?.body().toString()).toBe("RIFF");
  });

  test("a stream is passed on as it is, for third parties, too", async () => {
    const stream = sampleExchange("openai-chat-stream");
    upstream.answer(() => answerOf(stream));
    const answer = await post("/run", { model: "openai/gpt-4o-mini", input: { messages, stream: true } });
    expect(answer.headers.get("content-type")).toStartWith("text/event-stream");
    expect(await answer.text()).toBe(bodyBytes(stream.response).toString());
  });

  test("the model's name replaces one in the input", async () => {
    upstream.answer(() => answerOf(sampleExchange("openai-responses")));
    await post("/run", { model: "openai/gpt-5", input: { input: "x", model: "other" } });
    expect(arrived()).toMatchObject({ target: "/openai/v1/responses", body: { input: "x", model: "gpt-5" } });
  });

  test("an empty input is given the name alone, and refused for having no form", async () => {
    const answer = await post("/run", { model: "openai/gpt-5", input: {} });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { errors: [{ code: 2019 }], details: { path: "input" } },
    ]);
  });

  test.each([
    [{ input: {} }, "model"],
    [{ model: llama }, "input"],
    [{ model: llama, input: [] }, "input"],
    [{ model: 7, input: {} }, "model"],
    ["[]", ""],
    ["{", ""],
    ["", ""],
  ])("%j is refused at %p", async (body, path) => {
    upstream.answer(() => jsonAnswer(200, {}));
    const answer = await post("/run", body);
    const told = (await answer.json()) as { errors: unknown; details: { path: string } };
    expect([answer.status, told.errors, told.details.path]).toEqual([
      400,
      [{ code: 7001, message: expect.any(String) }],
      path,
    ]);
    expect(upstream.requests).toHaveLength(0);
  });

  test("background mode is refused rather than ignored", async () => {
    const answer = await post("/run", { model: llama, input: {}, options: { background: true } });
    expect([answer.status, await answer.json()]).toMatchObject([501, { errors: [{ code: 9004 }] }]);
  });

  test("models are run by POST; a gateway that is not there is missed", async () => {
    expect((await fetch(`${base}/run/${llama}`)).status).toBe(404);
    const answer = await post("/run", { model: llama, input: {} }, { "cf-aig-gateway-id": "nowhere" });
    expect(await answer.json()).toMatchObject({ errors: [{ code: 2001 }], internalCode: 2001 });
  });
});
