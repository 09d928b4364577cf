// The AI SDK with Cloudflare's ai-gateway-provider through Headgate: OpenAI, and Mistral when OpenAI fails.
// Needs OPENAI_API_KEY and MISTRAL_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import { env } from "node:process";
import { generateText, streamText } from "ai";
import { createAiGateway } from "ai-gateway-provider";
import { createUnified } from "ai-gateway-provider/providers/unified";

const headgate = env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";

// The provider has the product's host inside and calls the global fetch.
const direct = globalThis.fetch;
const throughHeadgate = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
  direct(input instanceof Request ? input : String(input).replace("https://gateway.ai.cloudflare.com", headgate), init);
globalThis.fetch = Object.assign(throughHeadgate, { preconnect: direct.preconnect });

// Models of any factory will do that the provider knows by its host; these are OpenAI-compatible ones.
const openai = createUnified({
  name: "openai",
  baseURL: "https://api.openai.com/v1",
  apiKey: `${env["OPENAI_API_KEY"]}`,
});
const mistral = createUnified({
  name: "mistral",
  baseURL: "https://api.mistral.ai/v1",
  apiKey: `${env["MISTRAL_API_KEY"]}`,
});
const gateway = createAiGateway({ accountId: "default", gateway: "default", options: { metadata: { team: "maps" } } });

const model = gateway([openai("gpt-4o-mini"), mistral("mistral-small-latest")]);
const { text, response } = await generateText({ model, prompt: "Name a river." });
console.log(`step ${response.headers?.["cf-aig-step"]}: ${text}`);

const { textStream } = streamText({ model: gateway(openai("gpt-4o-mini")), prompt: "Name another." });
for await (const piece of textStream) process.stdout.write(piece);
console.log();
