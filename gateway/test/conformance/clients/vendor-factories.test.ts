import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { generateText, streamText } from "ai";
import { createAiGateway } from "ai-gateway-provider";
import { createAnthropic as createKeylessAnthropic } from "ai-gateway-provider/providers/anthropic";
import { createOpenAI as createKeylessOpenAI } from "ai-gateway-provider/providers/openai";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { type ProductHosts, redirectProductHosts } from "./product-hosts.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

const prompt = "Name a river.";
const samples = {
  "/openai/v1/chat/completions": ["openai-chat", "openai-chat-stream"],
  "/anthropic/v1/messages": ["anthropic-message", "anthropic-message-stream"],
} as const;

let upstream: VendorUpstream;
let gateway: StartedGateway;
let hosts: ProductHosts;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { "my-gw": {} },
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      anthropic: { base_url: `${upstream.url}/anthropic`, dialect: null },
      "google-ai-studio": { base_url: `${upstream.url}/google`, dialect: null },
    },
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

const openai = createOpenAI({ apiKey: "sk-openai" }).chat("gpt-4o-mini");
const anthropic = createAnthropic({ apiKey: "sk-ant" })("claude-sonnet-4-5");
const google = createGoogle({ apiKey: "AIza-key" })("gemini-2.5-flash");
const aiGateway = createAiGateway({ accountId: "default", gateway: "my-gw" });

/** The vendor that fails, and the others answer as they do. */
function answerUnless(failing: string): void {
  upstream.answer((request) => {
    if (request.target.startsWith(failing)) return jsonAnswer(529, { error: { message: "overloaded" } });
    const [whole, stream] = samples[request.target as keyof typeof samples];
    return answerOf(sampleExchange(request.body().includes('"stream":true') ? stream : whole));
  });
}

describe("D19 ai-gateway-provider with the vendors' own factories", () => {
  test("a text of one vendor after another failed, each in its own protocol and with its own credential", async () => {
    answerUnless("/openai");
    const { text, usage } = await generateText({ model: aiGateway([openai, anthropic]), prompt });
    expect(text.length).toBeGreaterThan(0);
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(upstream.requests.map(({ target }) => target)).toEqual(Object.keys(samples));
    expect(upstream.requests[0]?.header("authorization")).toBe("Bearer sk-openai");
    expect(upstream.requests[1]?.header("x-api-key")).toBe("sk-ant");
    expect(upstream.requests[1]?.header("anthropic-version")).toBe("2023-06-01");
    expect(gateway.records().at(-1)).toMatchObject({ provider: "anthropic", step: 1, success: true });
  });

  test("a stream of the second vendor is read by the second vendor's parser", async () => {
    answerUnless("/openai");
    const streamed = await streamText({ model: aiGateway([openai, anthropic]), prompt }).text;
    expect(streamed.length).toBeGreaterThan(0);
    expect(gateway.records().at(-1)).toMatchObject({ provider: "anthropic", step: 1, streamed: true });
  });

  test("the vendor whose path names model and method", async () => {
    const parts = [{ text: "The Loire." }];
    const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 3, totalTokenCount: 7 };
    upstream.answer(() =>
      jsonAnswer(200, { candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }], usageMetadata }),
    );
    const { text, usage } = await generateText({ model: aiGateway([google]), prompt });
    expect([text, usage.totalTokens]).toEqual(["The Loire.", 7]);
    expect(upstream.requests[0]?.target).toBe("/google/v1beta/models/gemini-2.5-flash:generateContent");
    expect(upstream.requests[0]?.header("x-goog-api-key")).toBe("AIza-key");
  });

  test("factories without a key send none", async () => {
    answerUnless("/openai");
    const models = [createKeylessOpenAI().chat("gpt-4o-mini"), createKeylessAnthropic()("claude-sonnet-4-5")];
    await generateText({ model: aiGateway(models), prompt });
    expect(upstream.requests.map((request) => request.header("authorization"))).toEqual([undefined, undefined]);
    expect(upstream.requests[1]?.header("x-api-key")).toBeUndefined();
    expect(JSON.stringify(upstream.requests.map(({ headerLines }) => headerLines))).not.toContain("CF_TEMP_TOKEN");
  });
});
