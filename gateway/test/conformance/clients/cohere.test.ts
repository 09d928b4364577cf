import { expect, test } from "bun:test";
import { CohereClientV2 } from "cohere-ai";
import type { Cohere } from "cohere-ai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { callBothWays } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";

const model = "command-a-03-2025";
const question = { model, messages: [{ role: "user" as const, content: "Name a river." }] };

function client(baseUrl: string): CohereClientV2 {
  return new CohereClientV2({ token: "fake-key", baseUrl });
}

function options(abortSignal?: AbortSignal) {
  return { maxRetries: 0, ...(abortSignal === undefined ? {} : { abortSignal }) };
}

function textOf(result: unknown): string {
  const content = (result as Cohere.V2ChatResponse).message?.content ?? [];
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function textIn(piece: unknown): string {
  const event = piece as Cohere.V2ChatStreamResponse;
  return event.type === "content-delta" ? (event.delta?.message?.content?.text ?? "") : "";
}

const usage = { inputTokens: 71, outputTokens: 6 };

describeClient(
  {
    name: "cohere-ai",
    slug: "cohere",
    paths: { configured: "", direct: "", through: "" },
    plain: {
      exchange: sampleExchange("cohere-chat"),
      call: (baseUrl, signal) => client(baseUrl).chat(question, options(signal)),
      text: textOf,
      expected: "The Tagus.",
      target: "/v2/chat",
      fields: { authorization: "Bearer fake-key", "x-fern-sdk-name": "cohere-ai", "user-agent": /^cohere-ai\/8\./ },
      model,
      usage,
    },
    stream: {
      exchange: sampleExchange("cohere-chat-stream"),
      heldAfterEvents: 2,
      open: (baseUrl, signal) => client(baseUrl).chatStream(question, options(signal)),
      text: textIn,
      expected: ["The Tagus, ", "até Lisboa"],
      model,
      usage,
    },
    vendorErrors: [
      {
        answer: jsonAnswer(401, { message: "invalid api token" }),
        thrown: "UnauthorizedError",
        says: "invalid api token",
      },
      {
        answer: jsonAnswer(429, { message: "You are using a Trial key, which is limited" }),
        thrown: "TooManyRequestsError",
        says: "You are using a Trial key, which is limited",
      },
      { answer: answerOf(sampleExchange("cohere-error")), thrown: "NotFoundError", says: "model 'none' not found" },
    ],
    gatewayError: {
      thrown: "BadRequestError",
      refused: /"message": "Failed to get response from provider"/,
      unknown: /"message": "Please configure AI Gateway in the Cloudflare dashboard"/,
    },
    recorded: { provider: "cohere", plain: /\/v2\/chat$/, stream: /\/v2\/chat$/ },
  },
  (ways) => {
    test("embeddings", async () => {
      ways().upstream.answer(() =>
        jsonAnswer(200, {
          id: "sample",
          embeddings: { float: [[0.5, -0.25]] },
          texts: ["river"],
          meta: { billed_units: { input_tokens: 1 } },
        }),
      );
      const count = ways().gateway.recordCount();
      const { through, requests } = await callBothWays(ways(), (baseUrl) =>
        client(baseUrl).embed(
          { model: "embed-v4.0", texts: ["river"], inputType: "search_query", embeddingTypes: ["float"] },
          options(),
        ),
      );
      expect(through.embeddings.float).toEqual([[0.5, -0.25]]);
      expect(requests[1].target).toBe("/v2/embed");
      expect(await ways().recordAfter(count)).toMatchObject({ model: "embed-v4.0", usage: { inputTokens: 1 } });
    });
  },
);
