import { expect, test } from "bun:test";
import { cutQuestion } from "./cut-question.ts";
import type { DialectId } from "./dialect.ts";

const user = (content: unknown) => ({ role: "user", content });
const earlier = [{ role: "system", content: "Be brief." }, user("Hi"), { role: "assistant", content: "Hello" }];

test.each<[DialectId, object, object]>([
  [
    "openai-chat",
    { model: "m", messages: [...earlier, user("Why?")] },
    { model: "m", messages: [...earlier, user("")] },
  ],
  [
    "openai-chat",
    { messages: [user([{ type: "text", text: "Why?" }])], n: 1 },
    { messages: [user([{ type: "text", text: "" }])], n: 1 },
  ],
  ["anthropic-messages", { system: "s", messages: [user("Why?")] }, { system: "s", messages: [user("")] }],
  ["openai-responses", { input: "Why?", temperature: 0 }, { input: "", temperature: 0 }],
  [
    "openai-responses",
    { input: [user([{ type: "input_text", text: "Why?" }])] },
    { input: [user([{ type: "input_text", text: "" }])] },
  ],
  ["gemini", { contents: [{ parts: [{ text: "Why?" }] }] }, { contents: [{ parts: [{ text: "" }] }] }],
])("%s: the question of %j is cut out", (dialect, body, rest) => {
  expect(cutQuestion(dialect, body)).toEqual({ text: "Why?", rest: rest as never });
});

test.each<[DialectId, unknown]>([
  ["openai-chat", { messages: [user("Why?"), { role: "assistant", content: "Be" }] }],
  ["openai-chat", { messages: [{ role: "tool", content: "Why?" }] }],
  [
    "openai-chat",
    {
      messages: [
        user([
          { type: "text", text: "Why?" },
          { type: "image_url", image_url: { url: "x" } },
        ]),
      ],
    },
  ],
  ["openai-chat", { messages: [user([{ type: "image_url", image_url: { url: "x" } }])] }],
  ["openai-chat", { messages: [user("Why?")], n: 2 }],
  ["openai-chat", { messages: [user("Why?")], tools: [] }],
  ["openai-chat", { messages: [] }],
  ["openai-chat", null],
  ["gemini", { contents: [{ parts: [{ text: "Why?" }] }], generationConfig: { candidateCount: 2 } }],
  ["gemini", { contents: [{ role: "model", parts: [{ text: "Why?" }] }] }],
  ["openai-embeddings", { input: "Why?" }],
  ["opaque", { messages: [user("Why?")] }],
])("%s: %j has no question to compare", (dialect, body) => {
  expect(cutQuestion(dialect, body)).toBeNull();
});
