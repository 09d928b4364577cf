// Asks OpenAI, and Hugging Face when OpenAI fails. Needs OPENAI_API_KEY and HF_TOKEN; HEADGATE_URL where the gateway is elsewhere.
import { env } from "node:process";

const headgate = env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const messages = [{ role: "user", content: "Name a river." }];
const steps = [
  {
    provider: "openai",
    endpoint: "chat/completions",
    headers: { authorization: `Bearer ${env["OPENAI_API_KEY"]}` },
    query: { model: "gpt-4o-mini", messages },
    config: { maxAttempts: 2, retryDelay: 200, requestTimeout: 10_000 },
  },
  {
    provider: "huggingface",
    endpoint: "v1/chat/completions",
    headers: { authorization: `Bearer ${env["HF_TOKEN"]}` },
    query: { model: "meta-llama/Llama-3.1-8B-Instruct", messages },
  },
];

const response = await fetch(`${headgate}/v1/default/default`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(steps),
});
const answeredBy = steps[Number(response.headers.get("cf-aig-step"))]?.provider;
if (!response.ok) throw new Error(`all failed, ${answeredBy} last: ${await response.text()}`);
const completion = (await response.json()) as {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
};
console.log(`${answeredBy}: ${completion.choices[0]?.message.content}`);
