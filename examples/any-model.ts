// One client for models of several providers. Needs OPENAI_API_KEY and MISTRAL_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import OpenAI from "openai";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const keys = {
  "openai/gpt-4o-mini": process.env["OPENAI_API_KEY"],
  "mistral/mistral-small-latest": process.env["MISTRAL_API_KEY"],
};

for (const [model, apiKey] of Object.entries(keys)) {
  const client = new OpenAI({ baseURL: `${headgate}/v1/default/default/compat`, apiKey });
  const completion = await client.chat.completions.create({
    model,
    messages: [{ role: "user", content: "Name a river." }],
  });
  console.log(`${model}: ${completion.choices[0]?.message.content}`);
}
