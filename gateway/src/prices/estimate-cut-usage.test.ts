import { describe, expect, test } from "bun:test";
import zlib from "node:zlib";
import type { DialectId } from "../dialects/dialect.ts";
import { estimateCutUsage, type CutAnswer } from "./estimate-cut-usage.ts";

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "").length;
const sse = (...events: readonly unknown[]) =>
  Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
const request = Buffer.from(
  JSON.stringify({
    model: "m",
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "what is on it" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        ],
      },
    ],
  }),
);

function cut(
  dialect: DialectId,
  body: Buffer,
  more: Partial<CutAnswer> & { mediaType?: string; codings?: readonly string[] } = {},
): CutAnswer {
  const { mediaType = "text/event-stream", codings = [], ...rest } = more;
  return {
    dialect,
    told: null,
    request,
    answer: { pieces: [body], mediaType, codings },
    answerSizeBytes: body.length,
    ...rest,
  };
}

const chat = sse(
  { choices: [{ delta: { role: "assistant", content: "" } }] },
  { choices: [{ delta: { content: "one two " } }] },
  { choices: [{ delta: { content: "three" } }] },
);

/** Two messages, one image, two and four words. */
const promptTokens = 2 * 4 + 765 + 2 + 4;

describe("a stream that was cut", () => {
  test("counts prompt and answer where nothing was told", () => {
    expect(estimateCutUsage(cut("openai-chat", chat), words)).toEqual({
      usage: { inputTokens: promptTokens, outputTokens: 3 },
      isEstimated: true,
    });
  });

  test("counts the answer of an encoded stream as far as it can be decoded", () => {
    for (const [coding, encode] of [
      ["gzip", zlib.gzipSync],
      ["deflate", zlib.deflateSync],
      ["br", zlib.brotliCompressSync],
    ] as const) {
      const long = Buffer.concat(
        Array.from({ length: 400 }, (_, index) => sse({ choices: [{ delta: { content: `word${index * 7919} ` } }] })),
      );
      const encoded = encode(long);
      const half = encoded.subarray(0, Math.floor(encoded.length / 2));
      const { usage } = estimateCutUsage(cut("openai-chat", half, { codings: [coding] }), words);
      expect(usage?.outputTokens).toBeGreaterThan(50);
      expect(usage?.outputTokens).toBeLessThan(400);
    }
  });

  test("takes the beginning that was kept for the whole", () => {
    const { usage } = estimateCutUsage(cut("openai-chat", chat, { answerSizeBytes: chat.length * 10 }), words);
    expect(usage?.outputTokens).toBe(30);
  });

  test("keeps what the provider told, and what it counted while it wrote", () => {
    const told = { inputTokens: 7, outputTokens: 2, inputCachedTokens: 5 };
    expect(estimateCutUsage(cut("gemini", chat, { told }), words)).toEqual({ usage: told, isEstimated: false });
    expect(estimateCutUsage(cut("openai-chat", chat, { told: { outputTokens: 2 } }), words).usage).toEqual({
      inputTokens: promptTokens,
      outputTokens: 2,
    });
  });

  test("knows a first count for what it is", () => {
    const body = sse(
      { type: "message_start", message: { usage: { input_tokens: 7, output_tokens: 1 } } },
      { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "let me see " } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "four five" } },
    );
    const told = { inputTokens: 7, outputTokens: 1 };
    expect(estimateCutUsage(cut("anthropic-messages", body, { told }), words)).toEqual({
      usage: { inputTokens: 7, outputTokens: 5 },
      isEstimated: true,
    });
    const final = { inputTokens: 7, outputTokens: 40 };
    expect(estimateCutUsage(cut("anthropic-messages", body, { told: final }), words).usage).toEqual(final);
  });

  test("is nothing when not a byte came, or nothing can be read", () => {
    const nothing = { usage: null, isEstimated: false };
    expect(estimateCutUsage(cut("openai-chat", Buffer.alloc(0)), words)).toEqual(nothing);
    const audio = cut("opaque", Buffer.from([1, 2, 3]), { mediaType: "audio/mpeg", request: Buffer.from("not json") });
    expect(estimateCutUsage(audio, words)).toEqual(nothing);
  });
});

describe("the text of every protocol's events", () => {
  test.each<[DialectId, readonly unknown[], string?]>([
    ["openai-chat", [{ choices: [{ delta: { tool_calls: [{ function: { name: "find", arguments: " a b" } }] } }] }]],
    ["openai-chat", [{ choices: [{ delta: { reasoning_content: "x y" } }, { delta: { content: " z" } }] }]],
    [
      "openai-responses",
      [
        { type: "response.output_text.delta", delta: "a b c" },
        { type: "response.output_text.done", text: "a b c" },
        { type: "response.audio.delta", delta: "AAAA BBBB" },
      ],
    ],
    ["gemini", [{ candidates: [{ content: { parts: [{ text: "a b" }, { text: " c" }] } }] }]],
    ["cohere", [{ type: "content-delta", delta: { message: { content: { text: "a b c" } } } }]],
    ["workers-ai", [{ response: "a b c" }]],
    ["huggingface", [{ token: { text: "a b c" }, generated_text: null }]],
    [
      "ollama",
      [
        { message: { role: "assistant", content: "a b" }, done: false },
        { message: { content: " c" }, done: false },
      ],
      "application/x-ndjson",
    ],
  ])("%s %j", (dialect, events, mediaType = "text/event-stream") => {
    const body =
      mediaType === "text/event-stream"
        ? sse(...events)
        : Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    expect(estimateCutUsage(cut(dialect, body, { mediaType }), words).usage?.outputTokens).toBe(3);
  });
});
