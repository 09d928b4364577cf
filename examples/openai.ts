// OpenAI's client through Headgate. Needs OPENAI_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import OpenAI from "openai";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new OpenAI({ baseURL: `${headgate}/v1/default/default/openai` });

const completion = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Name a river." }],
});
console.log(completion.choices[0]?.message.content);

const stream = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Name another." }],
  stream: true,
  // Without this OpenAI does not tell the usage of a stream, so no record can hold it.
  stream_options: { include_usage: true },
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
console.log();
