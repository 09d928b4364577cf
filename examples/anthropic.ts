// Anthropic's client through Headgate. Needs ANTHROPIC_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import Anthropic from "@anthropic-ai/sdk";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new Anthropic({ baseURL: `${headgate}/v1/default/default/anthropic` });

const message = await client.messages.create({
  model: "claude-haiku-4-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "Name a river." }],
});
for (const block of message.content) if (block.type === "text") console.log(block.text);

const stream = client.messages.stream({
  model: "claude-haiku-4-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "Name another." }],
});
stream.on("text", (text) => void process.stdout.write(text));
const { usage } = await stream.finalMessage();
console.log(`\n${usage.output_tokens} tokens`);
