import { expect, test } from "bun:test";
import { GoogleGenAI } from "@google/genai";
import type { GenerateContentResponse } from "@google/genai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { callBothWays } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";

const model = "gemini-2.5-flash";

function client(baseUrl: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "fake-key", httpOptions: { baseUrl } });
}

function question(abortSignal?: AbortSignal) {
  return { model, contents: "Name a river.", ...(abortSignal === undefined ? {} : { config: { abortSignal } }) };
}

/** What a user reads; the response's own HTTP headers, which the client adds, are not compared. */
function withoutHttp(response: GenerateContentResponse): unknown {
  const { sdkHttpResponse: _, ...rest } = response;
  return rest;
}

async function* streamed(baseUrl: string, signal?: AbortSignal): AsyncGenerator<unknown> {
  for await (const piece of await client(baseUrl).models.generateContentStream(question(signal)))
    yield withoutHttp(piece);
}

function textOf(result: unknown): string {
  const parts = (result as GenerateContentResponse).candidates?.[0]?.content?.parts ?? [];
  return parts.map(({ text }) => text ?? "").join("");
}

const usage = {
  inputTokens: 8,
  outputTokens: 25,
  totalTokens: 33,
  inputTextTokens: 8,
  outputReasoningTokens: 20,
};

describeClient(
  {
    name: "@google/genai",
    slug: "google-ai-studio",
    paths: { configured: "", direct: "", through: "" },
    plain: {
      exchange: sampleExchange("gemini-generate"),
      call: async (baseUrl, signal) => withoutHttp(await client(baseUrl).models.generateContent(question(signal))),
      text: textOf,
      expected: "The Danube.",
      target: `/v1/models/${model}:generateContent`,
      fields: {
        "x-goog-api-key": "fake-key",
        "x-goog-api-client": /^google-genai-sdk\/3\./,
        "user-agent": /^google-genai-sdk\/3\./,
      },
      model,
      usage,
    },
    stream: {
      exchange: sampleExchange("gemini-stream"),
      heldAfterEvents: 1,
      open: streamed,
      text: textOf,
      expected: ["The ", "Danube — die Donau", "."],
      model,
      usage,
    },
    vendorErrors: [
      {
        answer: jsonAnswer(429, {
          error: { code: 429, message: "Resource has been exhausted", status: "RESOURCE_EXHAUSTED" },
        }),
        thrown: "ApiError",
        says: "Resource has been exhausted",
      },
      { answer: answerOf(sampleExchange("gemini-error")), thrown: "ApiError", says: "contents is not specified" },
    ],
    gatewayError: {
      thrown: "ApiError",
      refused: /"message":"Failed to get response from provider"/,
      unknown: /"message":"Please configure AI Gateway in the Cloudflare dashboard"/,
    },
    recorded: { provider: "gemini", plain: /:generateContent/, stream: /:streamGenerateContent\?.*alt=sse/ },
  },
  (ways) => {
    test("embeddings and a count of tokens", async () => {
      ways().upstream.answer((request) =>
        request.target.endsWith(":countTokens")
          ? jsonAnswer(200, { totalTokens: 4 })
          : jsonAnswer(200, { embeddings: [{ values: [0.5, -0.25] }] }),
      );
      const { through, requests } = await callBothWays(ways(), async (baseUrl) => {
        const { models } = client(baseUrl);
        const { totalTokens } = await models.countTokens(question());
        const { embeddings } = await models.embedContent({ model: "gemini-embedding-001", contents: "river" });
        return { totalTokens, values: embeddings?.[0]?.values };
      });
      expect(through).toEqual({ totalTokens: 4, values: [0.5, -0.25] });
      expect(requests[1].target).toBe("/v1/models/gemini-embedding-001:batchEmbedContents");
    });

    test("a chat keeps its turns over two streamed messages", async () => {
      ways().upstream.answer(() => answerOf(sampleExchange("gemini-stream")));
      const { direct, through, requests } = await callBothWays(ways(), async (baseUrl) => {
        const chat = client(baseUrl).chats.create({ model });
        for (const message of ["Name a river.", "Another."]) {
          for await (const _ of await chat.sendMessageStream({ message }));
        }
        return chat.getHistory();
      });
      expect(through).toEqual(direct);
      expect(through).toHaveLength(8);
      expect(requests[1].target).toBe(`/v1/models/${model}:streamGenerateContent?alt=sse`);
    });
  },
);
