// Cohere's client through Headgate. Needs CO_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import { CohereClientV2 } from "cohere-ai";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new CohereClientV2({ baseUrl: `${headgate}/v1/default/default/cohere` });
const model = "command-a-03-2025";

const answer = await client.chat({ model, messages: [{ role: "user", content: "Name a river." }] });
for (const part of answer.message?.content ?? []) if (part.type === "text") console.log(part.text);

const stream = await client.chatStream({ model, messages: [{ role: "user", content: "Name another." }] });
for await (const event of stream) {
  if (event.type === "content-delta") process.stdout.write(event.delta?.message?.content?.text ?? "");
}
console.log();
