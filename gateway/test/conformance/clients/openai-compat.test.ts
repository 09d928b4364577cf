import { describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf } from "./answers.ts";
import { callBothWays, classOf, thrownBy } from "./both-ways.ts";
import type { ClientWays } from "./client-ways.ts";
import { describeClient } from "./describe-client.ts";
import { messages, named, openai, openaiContract } from "./openai-contract.ts";

describe("D5 the compat address", () => {
  for (const through of ["", "/v1"]) {
    const paths = { configured: "/v1", direct: "/v1", through, address: "compat" } as const;
    describeClient(openaiContract({ name: `openai at compat${through}`, paths }), describeCompat);
  }
});

function describeCompat(ways: () => ClientWays): void {
  test("embeddings", async () => {
    ways().upstream.answer(() => answerOf(sampleExchange("openai-embeddings")));
    const count = ways().gateway.recordCount();
    const { through, direct } = await callBothWays(ways(), (baseUrl) =>
      openai(baseUrl).embeddings.create({
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
    for await (const row of openai(ways().through).models.list()) rows.push(row as (typeof rows)[number]);
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
    await openai(ways().through).models.list();
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
    const error = await thrownBy(openai(ways().through).chat.completions.create({ model: name, messages }));
    expect(classOf(error)).toBe("BadRequestError");
    expect(error.message).toMatch(message);
    expect((error as InstanceType<typeof OpenAI.APIError>).code).toMatch(/^20(?:08|19)$/);
  });

  test("an endpoint that is not there", async () => {
    const speech = openai(ways().through).audio.speech.create({ model: "openai/tts-1", voice: "alloy", input: "x" });
    expect((await thrownBy(speech)).message).toMatch(/^400 Compatibility endpoint: audio\/speech is not supported/);
    const response = openai(ways().through).responses.create({ model: "openai/gpt-4o", input: "x" });
    expect((await thrownBy(response)).message).toMatch(/^400 Compatibility endpoint: responses is not supported/);
  });
}
