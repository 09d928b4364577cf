import OpenAI from "openai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import type { ClientContract } from "./client-contract.ts";

export const messages = [{ role: "user" as const, content: "Name a river." }];
export const model = "gpt-4o-mini";

/** OpenAI's client, which asks once. */
export function openai(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: "sk-fake", maxRetries: 0 });
}

/** A model as an address takes it: the vendor its own names, the compat address those with the vendor's prefix. */
export function named(baseUrl: string, name = model): string {
  return baseUrl.includes("/compat") ? `openai/${name}` : name;
}

const usage = {
  inputTokens: 11,
  outputTokens: 4,
  totalTokens: 15,
  inputCachedTokens: 3,
  inputAudioTokens: 0,
  outputReasoningTokens: 1,
};

/** What OpenAI's client does at an address of the gateway. */
export function openaiContract({ name, paths }: Pick<ClientContract, "name" | "paths">): ClientContract {
  return {
    name,
    slug: "openai",
    paths,
    plain: {
      exchange: sampleExchange("openai-chat"),
      call: (baseUrl, signal) =>
        openai(baseUrl).chat.completions.create(
          { model: named(baseUrl), messages },
          signal === undefined ? {} : { signal },
        ),
      text: (result) => (result as OpenAI.ChatCompletion).choices[0]?.message.content ?? "",
      expected: "The Loire 🏞️.",
      target: "/v1/chat/completions",
      fields: { authorization: "Bearer sk-fake", "user-agent": /^OpenAI\/JS 7\./, "x-stainless-lang": "js" },
      model,
      usage,
    },
    stream: {
      exchange: sampleExchange("openai-chat-stream"),
      heldAfterEvents: 2,
      open: (baseUrl, signal) =>
        openai(baseUrl).chat.completions.create(
          { model: named(baseUrl), messages, stream: true, stream_options: { include_usage: true } },
          signal === undefined ? {} : { signal },
        ),
      text: (piece) => (piece as OpenAI.ChatCompletionChunk).choices[0]?.delta.content ?? "",
      expected: ["The ", "Loire 🏞️, près d’Orléans"],
      model,
      usage,
    },
    vendorErrors: [
      {
        answer: jsonAnswer(401, {
          error: {
            message: "Incorrect API key provided: sk-fake.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_api_key",
          },
        }),
        thrown: "AuthenticationError",
        says: "401 Incorrect API key provided: sk-fake.",
      },
      {
        answer: jsonAnswer(429, {
          error: { message: "Rate limit reached", type: "requests", param: null, code: "rate_limit_exceeded" },
        }),
        thrown: "RateLimitError",
        says: "429 Rate limit reached",
      },
      { answer: answerOf(sampleExchange("openai-error")), thrown: "NotFoundError", says: "The model does not exist." },
    ],
    gatewayError: {
      thrown: "BadRequestError",
      refused: /^400 Failed to get response from provider$/,
      unknown: /Please configure AI Gateway/,
    },
    recorded: { provider: "openai", plain: /\/chat\/completions$/, stream: /\/chat\/completions$/ },
  };
}
