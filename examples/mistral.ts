// Mistral's client through Headgate. Needs MISTRAL_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import { Mistral } from "@mistralai/mistralai";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new Mistral({
  apiKey: process.env["MISTRAL_API_KEY"] ?? "",
  serverURL: `${headgate}/v1/default/default/mistral`,
});
const model = "mistral-small-latest";

const answer = await client.chat.complete({ model, messages: [{ role: "user", content: "Name a river." }] });
console.log(answer.choices[0]?.message?.content);

const stream = await client.chat.stream({ model, messages: [{ role: "user", content: "Name another." }] });
for await (const { data } of stream) process.stdout.write(String(data.choices[0]?.delta.content ?? ""));
console.log();
