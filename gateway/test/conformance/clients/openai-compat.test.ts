import { describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { callBothWays, classOf, thrownBy } from "./both-ways.ts";
import type { ClientContract } from "./client-contract.ts";
import type { ClientWays } from "./client-ways.ts";
import { describeClient } from "./describe-client.ts";

const messages = [{ role: "user" as const, content: "Name a river." }];
const model = "gpt-4o-mini";

function client(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: "sk-fake", maxRetries: 0 });
}

/** The vendor takes its own names, the compat address those with its prefix. */
function named(baseUrl: string, name = model): string {
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

function contract(through: string): ClientContract {
  return {
    name: `openai at compat${through}`,
    slug: "openai",
    paths: { configured: "/v1", direct: "/v1", through, address: "compat" },
    plain: {
      exchange: sampleExchange("openai-chat"),
      call: (baseUrl, signal) =>
        client(baseUrl).chat.completions.create(
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
        client(baseUrl).chat.completions.create(
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

describe("D5 the compat address", () => {
  for (const through of ["", "/v1"]) describeClient(contract(through), describeCompat);
});

function describeCompat(ways: () => ClientWays): void {
  test("embeddings", async () => {
    ways().upstream.answer(() => answerOf(sampleExchange("openai-embeddings")));
    const count = ways().gateway.recordCount();
    const { through, direct } = await callBothWays(ways(), (baseUrl) =>
      client(baseUrl).embeddings.create({
        model: named(baseUrl, "text-embedding-3-small"),
        input: ["Loire"],
        encoding_format: "float",
      }),
    );
    expect(through).toEqual(direct);
    expect(await ways().recordAfter(count)).toMatchObject({
      provider: "openai",
      model: "text-embedding-3-small",
      usage: { inputTokens: 2, totalTokens: 2 },
      success: true,
    });
  });

  test("the list of models, with prices, one page", async () => {
    const rows: (OpenAI.Model & { created_at: number; cost_in: number | null; cost_out: number | null })[] = [];
    for await (const row of client(ways().through).models.list()) rows.push(row as (typeof rows)[number]);
    const found = rows.find(({ id }) => id === "openai/gpt-4o-mini");
    expect(found).toEqual({
      id: "openai/gpt-4o-mini",
      object: "model",
      created: 0,
      created_at: 0,
      cost_in: 0.000_000_15,
      cost_out: 0.000_000_6,
      owned_by: "openai",
    });
    expect(rows.length).toBeGreaterThan(500);
    const { length } = ways().upstream.requests;
    await client(ways().through).models.list();
    expect(ways().upstream.requests).toHaveLength(length);
  });

  test.each([
    [
      "nobody/gpt-4o",
      /^400 Invalid provider: the model "nobody\/gpt-4o" begins with no provider's name; .*openai\/gpt-4o/,
    ],
    [
      "gpt-4o",
      /^400 Chat completion bad format: the model "gpt-4o" names no provider, expected \{provider\}\/\{model\}/,
    ],
    ["dynamic/support", /^400 Compatibility endpoint: dynamic\/support is not supported: dynamic routes are not part/],
    [
      "cartesia/sonic",
      /^400 Compatibility endpoint: chat\/completions is not supported by cartesia: .* does not translate/,
    ],
  ])("%s: the error tells what was expected", async (name, message) => {
    const error = await thrownBy(client(ways().through).chat.completions.create({ model: name, messages }));
    expect(classOf(error)).toBe("BadRequestError");
    expect(error.message).toMatch(message);
    expect((error as InstanceType<typeof OpenAI.APIError>).code).toMatch(/^20(?:08|19)$/);
  });

  test("an endpoint that is not there", async () => {
    const speech = client(ways().through).audio.speech.create({ model: "openai/tts-1", voice: "alloy", input: "x" });
    expect((await thrownBy(speech)).message).toMatch(/^400 Compatibility endpoint: audio\/speech is not supported/);
    const response = client(ways().through).responses.create({ model: "openai/gpt-4o", input: "x" });
    expect((await thrownBy(response)).message).toMatch(/^400 Compatibility endpoint: responses is not supported/);
  });
}
