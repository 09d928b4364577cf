import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { createAnthropicChat, createGeminiChat, createOpenAiChat, createWorkersAiChat } from "@cloudflare/tanstack-ai";
import type { RecordedExchange } from "../../support/recordings.ts";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { answerOf } from "./answers.ts";
import { type ProductHosts, redirectProductHosts } from "./product-hosts.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

const slugs = ["openai", "anthropic", "google-ai-studio", "workers-ai"];
const account = {
  accountId: "default",
  gatewayId: "default",
  cfApiKey: "token",
  cacheTtl: 300,
  metadata: { team: "maps" },
};

let upstream: VendorUpstream;
let gateway: StartedGateway;
let hosts: ProductHosts;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    providers: Object.fromEntries(slugs.map((slug) => [slug, { base_url: `${upstream.url}/${slug}`, dialect: null }])),
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

/** What an adapter tells of a chat: the kinds of its events and the text in them. */
async function ask(
  adapter: { readonly model: string; chatStream(options: never): AsyncIterable<{ type: string }> },
  exchange: RecordedExchange,
): Promise<{ kinds: Set<string>; text: string }> {
  upstream.answer(() => answerOf(exchange));
  const logger = new Proxy({}, { get: () => () => {} });
  const events = await Array.fromAsync(
    adapter.chatStream({
      model: adapter.model,
      messages: [{ role: "user", content: "Name a river." }],
      logger,
    } as never),
  );
  const texts = events
    .filter(({ type }) => type === "TEXT_MESSAGE_CONTENT")
    .map((event) => (event as unknown as { readonly delta: string }).delta);
  return { kinds: new Set(events.map(({ type }) => type)), text: texts.join("") };
}

/** One request arrived, without anything that was meant for the gateway; the record says whose it was. */
function expectOne(target: string, credential: readonly [name: string, value: string], provider: string): void {
  expect(upstream.requests.map((request) => request.target)).toEqual([target]);
  const [request] = upstream.requests;
  expect(request?.header(credential[0])).toBe(credential[1]);
  expect(request?.headerLines.filter((line) => /^cf-aig-/i.test(line))).toEqual([]);
  expect(gateway.records().at(-1)).toMatchObject({ provider, success: true });
}

test("D19 tanstack-ai posts one object to the universal endpoint: OpenAI's Responses", async () => {
  const adapter = createOpenAiChat("gpt-4o-mini", { ...account, apiKey: "sk-fake" });
  const { kinds, text } = await ask(adapter, sampleExchange("openai-responses-stream"));
  expect(text).toBe("The Loire — à Nantes.");
  expect(kinds).toContain("RUN_FINISHED");
  expectOne("/openai/responses", ["authorization", "Bearer sk-fake"], "openai");
  expect(gateway.records().at(-1)).toMatchObject({ requestType: "universal", metadata: { team: "maps" } });
  expect(hosts.requests[0]?.url).toBe("https://gateway.ai.cloudflare.com/v1/default/default");
});

test("D19 tanstack-ai: Anthropic's messages, whose version it leaves out", async () => {
  const adapter = createAnthropicChat("claude-sonnet-4-5", { ...account, apiKey: "sk-ant-api03-fake" });
  const { text } = await ask(adapter, sampleExchange("anthropic-message-stream"));
  expect(text).toBe("The Elbe, Dresden’s river.");
  expectOne("/anthropic/v1/messages?beta=true", ["authorization", "Bearer sk-ant-api03-fake"], "anthropic");
  expect(upstream.requests[0]?.header("anthropic-version")).toBe("2023-06-01");
});

test("D19 tanstack-ai: Gemini, at the provider's own endpoint", async () => {
  const adapter = createGeminiChat("gemini-2.5-flash", { ...account, apiKey: "key-fake" });
  const { text } = await ask(adapter, sampleExchange("gemini-stream"));
  expect(text).toBe("The Danube — die Donau.");
  expectOne(
    "/google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    ["x-goog-api-key", "key-fake"],
    "google-ai-studio",
  );
});

test("D19 tanstack-ai: Workers AI through a gateway, by the run path", async () => {
  const adapter = createWorkersAiChat("@cf/meta/llama-3.1-8b-instruct" as never, { ...account, apiKey: "cf-fake" });
  const { text } = await ask(adapter, sampleExchange("openai-chat-stream"));
  expect(text).toBe("The Loire 🏞️, près d’Orléans");
  expectOne("/workers-ai/ai/run/@cf/meta/llama-3.1-8b-instruct", ["authorization", "Bearer cf-fake"], "workers-ai");
});

test("D19 tanstack-ai: Workers AI without a gateway, at the REST address", async () => {
  const adapter = createWorkersAiChat("@cf/meta/llama-3.1-8b-instruct" as never, {
    accountId: "default",
    apiKey: "cf-fake",
    maxRetries: 0,
  });
  const { text } = await ask(adapter, sampleExchange("openai-chat-stream"));
  expect(text).toBe("The Loire 🏞️, près d’Orléans");
  expectOne("/workers-ai/ai/v1/chat/completions", ["authorization", "Bearer cf-fake"], "workers-ai");
  expect(hosts.requests[0]?.url).toBe("https://api.cloudflare.com/client/v4/accounts/default/ai/v1/chat/completions");
});
