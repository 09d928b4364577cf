import { Mistral } from "@mistralai/mistralai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { describeClient } from "./describe-client.ts";

const model = "mistral-small-latest";
const question = { model, messages: [{ role: "user" as const, content: "Name a river." }] };

function client(serverURL: string): Mistral {
  return new Mistral({ serverURL, apiKey: "fake-key" });
}

interface Choice {
  readonly message?: { readonly content?: unknown };
  readonly delta?: { readonly content?: unknown };
}

function textOf(choices: readonly Choice[]): string {
  const content = choices[0]?.message?.content ?? choices[0]?.delta?.content;
  return typeof content === "string" ? content : "";
}

async function* streamed(baseUrl: string, signal?: AbortSignal): AsyncGenerator<unknown> {
  for await (const event of await client(baseUrl).chat.stream(question, signal === undefined ? {} : { signal }))
    yield event.data;
}

const usage = { inputTokens: 9, outputTokens: 4, totalTokens: 13 };

describeClient({
  name: "@mistralai/mistralai",
  slug: "mistral",
  paths: { configured: "", direct: "", through: "" },
  plain: {
    exchange: sampleExchange("mistral-chat"),
    call: (baseUrl, signal) => client(baseUrl).chat.complete(question, signal === undefined ? {} : { signal }),
    text: (result) => textOf((result as { readonly choices: readonly Choice[] }).choices),
    expected: "La Loire.",
    target: "/v1/chat/completions",
    fields: { authorization: "Bearer fake-key", "user-agent": /mistral-client-typescript/ },
    model,
    usage,
  },
  stream: {
    exchange: sampleExchange("mistral-chat-stream"),
    heldAfterEvents: 1,
    open: streamed,
    text: (piece) => textOf((piece as { readonly choices: readonly Choice[] }).choices),
    expected: ["La ", "Loire, à Nantes"],
    model,
    usage,
  },
  vendorErrors: [
    { answer: jsonAnswer(401, { detail: "Unauthorized" }), thrown: "SDKError", says: "Unauthorized" },
    {
      answer: jsonAnswer(429, { object: "error", message: "Requests rate limit exceeded", type: "rate_limited" }),
      thrown: "SDKError",
      says: "Requests rate limit exceeded",
    },
    {
      answer: jsonAnswer(422, { detail: [{ loc: ["body", "model"], msg: "field required", type: "missing" }] }),
      thrown: "HTTPValidationError",
      says: "field required",
    },
    { answer: answerOf(sampleExchange("mistral-error")), thrown: "SDKError", says: "Invalid model: none" },
  ],
  gatewayError: {
    thrown: "SDKError",
    refused: /Failed to get response from provider/,
    unknown: /Please configure AI Gateway in the Cloudflare dashboard/,
  },
  recorded: { provider: "mistral", plain: /\/v1\/chat\/completions/, stream: /\/v1\/chat\/completions/ },
});
