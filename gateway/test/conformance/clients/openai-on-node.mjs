// Run by openai-on-node.test.ts under plain Node: the OpenAI client with Node's own fetch, sent to the gateway by OPENAI_BASE_URL alone.
// Tells what it sees, one JSON line each.
import OpenAI from "openai";

const client = new OpenAI({ apiKey: "sk-fake", maxRetries: 0 });
const question = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] };
const tell = (what, value) => console.log(JSON.stringify({ what, value }));

tell("runtime", typeof globalThis.Bun === "undefined" ? "node" : "bun");

const plain = await client.chat.completions.create(question);
tell("plain", plain.choices[0].message.content);

for await (const chunk of await client.chat.completions.create({ ...question, stream: true })) {
  const text = chunk.choices[0]?.delta.content;
  if (text) tell("piece", text);
}

const aborted = await client.chat.completions.create({ ...question, stream: true });
for await (const chunk of aborted) if (chunk.choices[0]?.delta.content) aborted.controller.abort();
tell("aborted", true);

try {
  await client.chat.completions.create(question);
} catch (error) {
  tell("error", { name: error.constructor.name, message: error.message, code: error.code });
}

const broken = await client.chat.completions.create({ ...question, stream: true });
try {
  for await (const chunk of broken) if (chunk.choices[0]?.delta.content) tell("beforeBreak", true);
  tell("brokenStream", "ended cleanly");
} catch (error) {
  tell("brokenStream", error.message);
}
