import { expect, test } from "bun:test";
import OpenAI, { toFile } from "openai";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer, streamOf } from "./answers.ts";
import { callBothWays } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";
import { messages, model, openai, openaiContract } from "./openai-contract.ts";

const responsesUsage = {
  inputTokens: 12,
  outputTokens: 7,
  totalTokens: 19,
  inputCachedTokens: 0,
  outputReasoningTokens: 2,
};

describeClient(openaiContract({ name: "openai", paths: { configured: "/v1", direct: "/v1", through: "" } }), (ways) => {
  test("the base URL may end in /v1 as the vendor's own does, and may leave out account and gateway", async () => {
    ways().upstream.answer(() => answerOf(sampleExchange("openai-chat")));
    const { url } = ways().gateway;
    for (const baseUrl of [`${ways().through}/v1`, `${url}/openai`, `${url}/openai/v1`]) {
      await openai(baseUrl).chat.completions.create({ model, messages });
    }
    expect(ways().upstream.requests.map(({ target }) => target)).toEqual(Array(3).fill("/v1/chat/completions"));
  });

  test("responses, plain", async () => {
    ways().upstream.answer(() => answerOf(sampleExchange("openai-responses")));
    const count = ways().gateway.recordCount();
    const { direct, through, requests } = await callBothWays(ways(), (baseUrl) =>
      openai(baseUrl).responses.create({ model, input: "Name a river." }),
    );
    expect(through.output_text).toBe("The Loire — à Nantes.");
    expect(through).toEqual(direct);
    expect(requests[1].target).toBe("/v1/responses");
    expect(await ways().recordAfter(count)).toMatchObject({ model, usage: responsesUsage, success: true });
  });

  test("responses, streamed", async () => {
    const count = ways().gateway.recordCount();
    let gate = Promise.withResolvers<void>();
    ways().upstream.answer(() => streamOf(sampleExchange("openai-responses-stream"), 2, gate.promise));
    const { direct, through } = await callBothWays(ways(), async (baseUrl) => {
      gate = Promise.withResolvers<void>();
      const events: OpenAI.Responses.ResponseStreamEvent[] = [];
      for await (const event of await openai(baseUrl).responses.create({
        model,
        input: "Name a river.",
        stream: true,
      })) {
        events.push(event);
        if (event.type === "response.output_text.delta") gate.resolve();
      }
      return events;
    });
    expect(through.map((event) => (event.type === "response.output_text.delta" ? event.delta : event.type))).toEqual([
      "response.created",
      "The Loire",
      " — à Nantes.",
      "response.completed",
    ]);
    expect(through).toEqual(direct);
    expect(await ways().recordAfter(count)).toMatchObject({ model, usage: responsesUsage, streamed: true });
  });

  test("the chat streaming helper puts the whole completion together", async () => {
    ways().upstream.answer(() => streamOf(sampleExchange("openai-chat-stream"), 1, Promise.resolve()));
    const { direct, through } = await callBothWays(ways(), (baseUrl) =>
      openai(baseUrl).chat.completions.stream({ model, messages }).finalChatCompletion(),
    );
    expect(through.choices[0]?.message.content).toBe("The Loire 🏞️, près d’Orléans");
    expect(through).toEqual(direct);
  });

  test("embeddings", async () => {
    ways().upstream.answer(() => answerOf(sampleExchange("openai-embeddings")));
    const count = ways().gateway.recordCount();
    const { direct, through } = await callBothWays(ways(), (baseUrl) =>
      openai(baseUrl).embeddings.create({
        model: "text-embedding-3-small",
        input: ["river", "lake"],
        encoding_format: "float",
      }),
    );
    expect(through.data.map(({ embedding }) => embedding)).toEqual([
      [0.25, -0.5, 0.125],
      [0.5, 0.25, -0.75],
    ]);
    expect(through).toEqual(direct);
    expect(await ways().recordAfter(count)).toMatchObject({
      model: "text-embedding-3-small",
      path: "embeddings",
      usage: { inputTokens: 2, totalTokens: 2 },
    });
  });

  test("a file upload: every byte of the multipart form arrives", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    ways().upstream.answer(() =>
      jsonAnswer(200, { id: "file-1", object: "file", bytes: bytes.length, filename: "a.bin", purpose: "batch" }),
    );
    const { through, requests } = await callBothWays(ways(), async (baseUrl) =>
      openai(baseUrl).files.create({ file: await toFile(bytes, "a.bin"), purpose: "batch" }),
    );
    expect(through).toMatchObject({ id: "file-1", bytes: bytes.length });
    expect(requests[1].target).toBe("/v1/files");
    expect(requests[1].header("content-type")).toMatch(/^multipart\/form-data; boundary=/);
    expect(requests[1].body().includes(bytes)).toBe(true);
  });

  test("an audio answer: every byte comes back", async () => {
    const audio = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 13) % 256));
    ways().upstream.answer(() => ({ status: 200, headers: { "content-type": "audio/mpeg" }, pieces: [audio] }));
    const count = ways().gateway.recordCount();
    const { through } = await callBothWays(ways(), async (baseUrl) => {
      const speech = await openai(baseUrl).audio.speech.create({ model: "tts-1", voice: "alloy", input: "Loire" });
      return Buffer.from(await speech.arrayBuffer());
    });
    expect(Buffer.compare(through, audio)).toBe(0);
    expect(await ways().recordAfter(count)).toMatchObject({
      path: "audio/speech",
      responseContentType: "audio/mpeg",
      responseSizeBytes: audio.length,
      usage: null,
      success: true,
    });
  });

  test("a list in pages, and a deletion without a body", async () => {
    ways().upstream.answer((request) =>
      request.method === "DELETE"
        ? { status: 204, headers: {}, pieces: [] }
        : jsonAnswer(200, {
            object: "list",
            data: [{ id: request.target.includes("after=") ? "file-2" : "file-1", object: "file" }],
            has_more: !request.target.includes("after="),
          }),
    );
    const { through } = await callBothWays(ways(), async (baseUrl) => {
      const ids: string[] = [];
      for await (const file of openai(baseUrl).files.list({ limit: 1 })) ids.push(file.id);
      await openai(baseUrl).files.delete("file-1");
      return ids;
    });
    expect(through).toEqual(["file-1", "file-2"]);
  });

  test("the client's own retry meets the vendor again, and the record shows both", async () => {
    let calls = 0;
    ways().upstream.answer(() => {
      calls += 1;
      return calls === 1
        ? { ...jsonAnswer(500, { error: { message: "once" } }), headers: { "retry-after-ms": "1" } }
        : answerOf(sampleExchange("openai-chat"));
    });
    const count = ways().gateway.recordCount();
    const retrying = new OpenAI({ baseURL: ways().through, apiKey: "sk-fake", maxRetries: 1 });
    const completion = await retrying.chat.completions.create({ model, messages });
    expect(completion.choices[0]?.message.content).toBe("The Loire 🏞️.");
    const records = ways().gateway.records().slice(count);
    expect(records.map(({ statusCode, success }) => [statusCode, success])).toEqual([
      [500, false],
      [200, true],
    ]);
  });
});
