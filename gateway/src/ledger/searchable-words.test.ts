import { expect, test } from "bun:test";
import { searchableWords } from "./searchable-words.ts";

const words = (request: unknown, response: string | null = null, max = 10_000): string =>
  searchableWords(
    request === null ? null : Buffer.from(typeof request === "string" ? request : JSON.stringify(request)),
    response === null ? null : Buffer.from(response),
    max,
  );

test("takes the texts of messages and leaves the names of members, roles and models", () => {
  const request = {
    model: "some-model",
    system: [{ type: "text", text: "Be brief." }],
    messages: [
      { role: "user", content: "Name a river." },
      {
        role: "user",
        content: [
          { type: "text", text: "In Peru." },
          { type: "image_url", image_url: { url: "data:x" } },
        ],
      },
    ],
  };
  expect(words(request)).toBe("Be brief. Name a river. In Peru.");
  expect(words({ contents: [{ parts: [{ text: "Hallo" }] }] })).toBe("Hallo");
  expect(words({ input: ["one", "two"] })).toBe("one two");
});

test("joins what a stream cut into pieces", () => {
  const stream = ["Ama", "zon", " river"].map(
    (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`,
  );
  expect(words(null, `${stream.join("")}data: [DONE]\n\n`)).toBe("Amazon river");
  expect(words(null, '{"response":"Ama"}\n{"response":"zon"}\n')).toBe("Amazon");
});

test("leaves out data and bytes that are no text, and falls back to the text of a body", () => {
  expect(words({ input: "A".repeat(5000), prompt: "real" })).toBe("real");
  expect(words({ prompt: "川".repeat(300) })).toBe("川".repeat(300));
  expect(searchableWords(Buffer.from([1, 2, 0, 3]), null, 100)).toBe("");
  expect(words("plain words")).toBe("plain words");
  expect(words('{"messages":[{"content":"cut sho')).toContain("cut sho");
  expect(words(null)).toBe("");
});

test("keeps within the bound, with room for the answer", () => {
  const text = words({ prompt: "p ".repeat(1000) }, JSON.stringify({ text: "a ".repeat(1000) }), 100);
  expect(text.length).toBeLessThanOrEqual(100);
  expect(text).toContain("p p");
  expect(text).toContain("a a");
});
