import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { generateText, streamText } from "ai";
import { type AiGatewayOptions, AiGatewayDoesNotExist, createAiGateway } from "ai-gateway-provider";
import { createUnified } from "ai-gateway-provider/providers/unified";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { type ProductHosts, redirectProductHosts } from "./product-hosts.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

const chat = sampleExchange("openai-chat");
const stream = sampleExchange("openai-chat-stream");
const prompt = "Name a river.";
const vendors = { openai: "https://api.openai.com/v1", mistral: "https://api.mistral.ai/v1" };

let upstream: VendorUpstream;
let gateway: StartedGateway;
let hosts: ProductHosts;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { "my-gw": {} },
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      mistral: { base_url: `${upstream.url}/mistral`, dialect: null },
    },
  });
});
beforeEach(() => {
  hosts = redirectProductHosts(gateway.url);
  upstream.answer((request) => answerOf(request.body().includes('"stream":true') ? stream : chat));
});
afterEach(() => hosts[Symbol.dispose]());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

/** A vendor's model as the AI SDK's own factories make it, whose requests the provider picks up by the vendor's host. */
function modelOf(vendor: keyof typeof vendors, apiKey = "sk-fake"): ReturnType<ReturnType<typeof createUnified>> {
  return createUnified({ baseURL: vendors[vendor], name: vendor, apiKey, includeUsage: true })("gpt-4o-mini");
}

function aiGateway(options: { gateway?: string; apiKey?: string; options?: AiGatewayOptions } = {}) {
  return createAiGateway({ accountId: "default", gateway: "my-gw", ...options });
}

/** Targets that the vendors saw, in order. */
function targets(): string[] {
  return upstream.requests.map(({ target }) => target);
}

describe("D19 ai-gateway-provider", () => {
  test("generateText", async () => {
    const { text, usage } = await generateText({ model: aiGateway({ apiKey: "token" })(modelOf("openai")), prompt });
    expect([text, usage.inputTokens, usage.outputTokens]).toEqual(["The Loire 🏞️.", 11, 4]);
    expect(targets()).toEqual(["/openai/v1/chat/completions"]);
    const [request] = upstream.requests;
    expect(JSON.parse(request?.body().toString() ?? "")).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: prompt }],
    });
    expect(request?.header("authorization")).toBe("Bearer sk-fake");
    expect(request?.header("user-agent")).toMatch(/^ai\/7/);
    expect(request?.headerLines.filter((line) => /^cf-aig-/i.test(line))).toEqual([]);
    expect(hosts.requests.map(({ url }) => url)).toEqual(["https://gateway.ai.cloudflare.com/v1/default/my-gw"]);
    expect(hosts.requests[0]?.headers.get("cf-aig-authorization")).toBe("Bearer token");
    expect(gateway.records().at(-1)).toMatchObject({
      gatewayId: "my-gw",
      requestType: "universal",
      usage: { inputTokens: 11 },
    });
  });

  test("streamText", async () => {
    const { textStream, usage } = streamText({ model: aiGateway()(modelOf("openai")), prompt });
    const pieces = await Array.fromAsync(textStream);
    expect(pieces).toEqual(["The ", "Loire 🏞️, près d’Orléans"]);
    expect((await usage).totalTokens).toBeGreaterThan(0);
    expect(JSON.parse(upstream.requests[0]?.body().toString() ?? "")).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("a fallback array: the first fails, the second answers, and its own parser reads the answer", async () => {
    upstream.answer((request) =>
      request.target.startsWith("/openai") ? jsonAnswer(500, { error: { message: "down" } }) : answerOf(chat),
    );
    const models = [modelOf("openai", "sk-first"), modelOf("mistral", "sk-second")];
    const { text, response } = await generateText({ model: aiGateway()(models), prompt });
    expect(text).toBe("The Loire 🏞️.");
    expect(response.headers?.["cf-aig-step"]).toBe("1");
    expect(targets()).toEqual(["/openai/v1/chat/completions", "/mistral/v1/chat/completions"]);
    expect(upstream.requests.map((request) => request.header("authorization"))).toEqual([
      "Bearer sk-first",
      "Bearer sk-second",
    ]);
  });

  test("a streamed fallback", async () => {
    upstream.answer((request) =>
      request.target.startsWith("/openai")
        ? jsonAnswer(404, { error: { message: "no such model" } })
        : answerOf(stream),
    );
    const { text } = streamText({ model: aiGateway()([modelOf("openai"), modelOf("mistral")]), prompt });
    expect(await text).toBe("The Loire 🏞️, près d’Orléans");
    expect(targets()).toHaveLength(2);
  });

  test("all fail: the last one's error is read by the last one's parser", async () => {
    upstream.answer((request) =>
      jsonAnswer(request.target.startsWith("/openai") ? 500 : 403, { error: { message: `from ${request.target}` } }),
    );
    const model = aiGateway()([modelOf("openai"), modelOf("mistral")]);
    const failure = await thrownBy(generateText({ model, prompt, maxRetries: 0 }));
    expect(failure).toMatchObject({ statusCode: 403, message: "from /mistral/v1/chat/completions" });
  });

  test("without a token the provider says Bearer undefined, which an open gateway ignores", async () => {
    const { text } = await generateText({ model: aiGateway()(modelOf("openai")), prompt });
    expect(text).toBe("The Loire 🏞️.");
    expect(hosts.requests[0]?.headers.get("cf-aig-authorization")).toBe("Bearer undefined");
  });

  test("a model made without a key sends none", async () => {
    await generateText({ model: aiGateway()(modelOf("openai", "CF_TEMP_TOKEN")), prompt });
    expect(upstream.requests[0]?.header("authorization")).toBeUndefined();
  });

  test("a gateway that does not exist", async () => {
    const model = aiGateway({ gateway: "nowhere" })(modelOf("openai"));
    expect(await thrownBy(generateText({ model, prompt, maxRetries: 0 }))).toBeInstanceOf(AiGatewayDoesNotExist);
    expect(upstream.requests).toHaveLength(0);
  });

  test("every option", async () => {
    upstream.answer(() => jsonAnswer(503, { error: { message: "busy" } }));
    const count = gateway.recordCount();
    const options: AiGatewayOptions = {
      cacheKey: "key",
      cacheTtl: 300,
      skipCache: true,
      metadata: { team: "maps", trial: true, number: 7 },
      collectLog: false,
      eventId: "event-7",
      requestTimeoutMs: 5000,
      retries: { maxAttempts: 3, retryDelayMs: 1, backoff: "constant" },
      byokAlias: "default",
      zdr: true,
    };
    const model = aiGateway({ options })(modelOf("openai"));
    expect(await thrownBy(generateText({ model, prompt, maxRetries: 0 }))).toMatchObject({ statusCode: 503 });
    const records = gateway.records().slice(count);
    expect(records.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (const record of records) {
      expect(record).toMatchObject({ eventId: "event-7", isLogged: false, metadata: options.metadata });
    }
    expect(Object.fromEntries(hosts.requests[0]?.headers ?? [])).toMatchObject({
      "cf-aig-cache-key": "key",
      "cf-aig-byok-alias": "default",
      "cf-aig-zdr": "true",
    });
  });

  test("a request time-out ends the attempt", async () => {
    upstream.answer(() => null);
    const model = aiGateway({ options: { requestTimeoutMs: 30 } })(modelOf("openai"));
    expect(await thrownBy(generateText({ model, prompt, maxRetries: 0 }))).toMatchObject({ statusCode: 504 });
  });
});

describe("D19 ai-gateway-provider with a binding", () => {
  const binding = {
    run: (data: unknown, options?: { signal?: AbortSignal }): Promise<Response> =>
      fetch("https://gateway.ai.cloudflare.com/ai-gateway/universal/run/my-gw", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(data),
        ...(options?.signal === undefined ? {} : { signal: options.signal }),
      }),
  };

  test("generateText, with options in the headers of every step", async () => {
    upstream.answer((request) =>
      request.target.startsWith("/openai") ? jsonAnswer(500, { error: { message: "down" } }) : answerOf(chat),
    );
    const count = gateway.recordCount();
    const options: AiGatewayOptions = { metadata: { team: "maps" }, eventId: "event-8", collectLog: false };
    const model = createAiGateway({ binding, options })([modelOf("openai"), modelOf("mistral")]);
    expect((await generateText({ model, prompt })).text).toBe("The Loire 🏞️.");
    const records = gateway.records().slice(count);
    expect(records.map(({ step, metadata, eventId, isLogged }) => ({ step, metadata, eventId, isLogged }))).toEqual([
      { step: 0, metadata: { team: "maps" }, eventId: "event-8", isLogged: false },
      { step: 1, metadata: { team: "maps" }, eventId: "event-8", isLogged: false },
    ]);
    for (const request of upstream.requests) {
      expect(request.headerLines.filter((line) => /^cf-aig-/i.test(line))).toEqual([]);
    }
  });

  test("streamText", async () => {
    const model = createAiGateway({ binding })(modelOf("openai"));
    expect(await streamText({ model, prompt }).text).toBe("The Loire 🏞️, près d’Orléans");
  });
});

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
