import { expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer, streamOf } from "./answers.ts";
import { callBothWays } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";

const model = "claude-haiku-4-5";
const question = { model, max_tokens: 64, messages: [{ role: "user" as const, content: "Name a river." }] };

function client(baseURL: string): Anthropic {
  return new Anthropic({ baseURL, apiKey: "sk-ant-fake", maxRetries: 0 });
}

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function textIn(event: Anthropic.RawMessageStreamEvent): string {
  return event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "";
}

const inputUsage = { inputTokens: 28, inputCachedTokens: 9, inputCacheCreationTokens: 5 };

describeClient(
  {
    name: "@anthropic-ai/sdk",
    slug: "anthropic",
    paths: { configured: "", direct: "", through: "" },
    plain: {
      exchange: sampleExchange("anthropic-message"),
      call: (baseUrl, signal) => client(baseUrl).messages.create(question, signal === undefined ? {} : { signal }),
      text: (result) => textOf(result as Anthropic.Message),
      expected: "The Elbe.",
      target: "/v1/messages",
      fields: {
        // Since 1.0 the key goes as a bearer token; x-api-key is gone.
        authorization: "Bearer sk-ant-fake",
        "anthropic-version": /^\d{4}-\d\d-\d\d$/,
        "user-agent": /^Anthropic\/JS 1\./,
        "x-stainless-lang": "js",
      },
      model,
      usage: { ...inputUsage, outputTokens: 6 },
    },
    stream: {
      exchange: sampleExchange("anthropic-message-stream"),
      heldAfterEvents: 4,
      open: (baseUrl, signal) =>
        client(baseUrl).messages.create({ ...question, stream: true }, signal === undefined ? {} : { signal }),
      text: (piece) => textIn(piece as Anthropic.RawMessageStreamEvent),
      expected: ["The Elbe", ", Dresden’s river."],
      model,
      usage: { ...inputUsage, outputTokens: 9 },
    },
    vendorErrors: [
      {
        answer: jsonAnswer(401, {
          type: "error",
          error: { type: "authentication_error", message: "invalid x-api-key" },
          request_id: "req_1",
        }),
        thrown: "AuthenticationError",
        says: "invalid x-api-key",
      },
      {
        answer: jsonAnswer(429, {
          type: "error",
          error: { type: "rate_limit_error", message: "Number of requests has exceeded your limit" },
        }),
        thrown: "RateLimitError",
        says: "Number of requests has exceeded your limit",
      },
      {
        answer: answerOf(sampleExchange("anthropic-error")),
        thrown: "BadRequestError",
        says: "max_tokens: must be positive",
      },
    ],
    gatewayError: {
      thrown: "BadRequestError",
      refused: /^400 Failed to get response from provider$/,
      unknown: /^400 Please configure AI Gateway in the Cloudflare dashboard$/,
    },
    recorded: { provider: "anthropic", plain: /\/v1\/messages(?:\?.*)?$/, stream: /\/v1\/messages(?:\?.*)?$/ },
  },
  (ways) => {
    test("the streaming helper: message_start and ping pass, the final message is whole", async () => {
      let gate = Promise.withResolvers<void>();
      ways().upstream.answer(() => streamOf(sampleExchange("anthropic-message-stream"), 4, gate.promise));
      const { direct, through } = await callBothWays(ways(), async (baseUrl) => {
        gate = Promise.withResolvers<void>();
        const types: string[] = [];
        const texts: string[] = [];
        const stream = client(baseUrl).messages.stream(question);
        stream.on("streamEvent", (event) => void types.push(event.type));
        stream.on("text", (text) => {
          texts.push(text);
          gate.resolve();
        });
        const message = await stream.finalMessage();
        return { types, texts, text: textOf(message), usage: message.usage, stopReason: message.stop_reason };
      });
      expect(through.types[0]).toBe("message_start");
      expect(through.types.at(-1)).toBe("message_stop");
      expect(through).toMatchObject({
        texts: ["The Elbe", ", Dresden’s river."],
        text: "The Elbe, Dresden’s river.",
        stopReason: "end_turn",
      });
      expect(through).toEqual(direct);
    });

    test("an error event inside a stream is thrown with the vendor's words, and recorded as an error", async () => {
      ways().upstream.answer(() => streamOf(sampleExchange("anthropic-error-in-stream"), 1, Promise.resolve()));
      const count = ways().gateway.recordCount();
      const stream = client(ways().through).messages.stream(question);
      await expect(stream.finalMessage()).rejects.toThrow("Overloaded");
      expect(await ways().recordAfter(count)).toMatchObject({ outcome: "error_in_answer", success: false });
    });

    test("counting tokens, and a beta header, pass as they are", async () => {
      ways().upstream.answer(() => jsonAnswer(200, { input_tokens: 14 }));
      const { through, requests } = await callBothWays(ways(), (baseUrl) =>
        client(baseUrl).beta.messages.countTokens({ ...question, betas: ["fine-beta-2026-01-01"] }),
      );
      expect(through.input_tokens).toBe(14);
      expect(requests[1].target).toBe("/v1/messages/count_tokens");
      expect(requests[1].header("anthropic-beta")).toContain("fine-beta-2026-01-01");
    });
  },
);
