import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { gzipSync } from "node:zlib";
import OpenAI from "openai";
import { answerForm } from "../../src/dialects/forms/answer-form.ts";
import { parseSseEvent } from "../../src/streaming/parse-sse-event.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { startGateway } from "../support/start-gateway.ts";

let calls = 0;
let respond: () => Response = () => new Response();
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    await request.text();
    calls += 1;
    return respond();
  },
});
let gateway: StartedGateway;
beforeAll(async () => {
  const base = `http://127.0.0.1:${upstream.port}`;
  gateway = await startGateway({
    gateways: { cached: { cache_ttl: 300 } },
    providers: {
      openai: { base_url: `${base}/v1`, dialect: null },
      anthropic: { base_url: base, dialect: null },
      "google-ai-studio": { base_url: base, dialect: null },
    },
  });
});
beforeEach(() => {
  calls = 0;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const tool = (id: string, value: number) => ({
  id,
  type: "function",
  function: { name: "add", arguments: JSON.stringify({ value, text: 'q"\n' }) },
});
const openaiAnswer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_760_000_000,
  model: "gpt-x",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Grüße 🙂", refusal: null, tool_calls: [tool("a", 1), tool("b", 2)] },
      logprobs: { content: [{ token: "G", logprob: -0.1, bytes: [71], top_logprobs: [] }], refusal: null },
      finish_reason: "tool_calls",
    },
    { index: 1, message: { role: "assistant", content: null, refusal: "no" }, logprobs: null, finish_reason: "stop" },
  ],
  usage,
  system_fingerprint: "fp",
};
const anthropicAnswer = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-x",
  content: [
    { type: "thinking", thinking: "Let me see", signature: "sig==" },
    { type: "redacted_thinking", data: "hidden" },
    { type: "text", text: "Grüße 🙂", citations: [{ type: "char_location", cited_text: "G", document_index: 0 }] },
    { type: "tool_use", id: "toolu_1", name: "add", input: { value: 1, deep: [{ a: null }] } },
  ],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 2 },
};
const geminiAnswer = {
  candidates: [
    {
      content: { role: "model", parts: [{ text: "Grüße 🙂" }, { functionCall: { name: "add", args: { value: 1 } } }] },
      finishReason: "STOP",
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: "gemini-x",
};

const payloads = (events: readonly string[]): unknown[] =>
  events
    .map((event) => parseSseEvent(Buffer.from(event))?.data ?? "")
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data) as unknown);
const stream = (events: readonly string[]) => () =>
  new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });

describe("a whole answer and its stream", () => {
  test.each([
    ["openai-chat", { answer: openaiAnswer, options: '{"include_usage":true}', terminator: "data: [DONE]\n\n" }],
    [
      "anthropic-messages",
      { answer: anthropicAnswer, options: "", terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n' },
    ],
    ["gemini", { answer: geminiAnswer, options: "", terminator: "\r\n\r\n" }],
  ] as const)("%s: there and back is the same, with its terminator", (dialect, { answer, options, terminator }) => {
    const form = answerForm(dialect);
    const events = form?.toStream(answer, options) ?? [];
    expect(events.join("")).toEndWith(terminator);
    expect(form?.toAnswer(payloads(events))).toEqual(answer);
    // What is no answer of the protocol has no stream, and a stream that was cut makes no answer.
    expect(form?.toStream({ object: "list" }, options)).toBeNull();
    expect(form?.toAnswer(payloads(events.slice(0, dialect === "gemini" ? 0 : 2)))).toBeNull();
  });

  test("a stream of unknown parts makes no answer, one without usage neither", () => {
    const chunk = (delta: object, finish: string | null = null) => ({
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    const end = { object: "chat.completion.chunk", choices: [], usage };
    const form = answerForm("openai-chat");
    expect(form?.toAnswer([chunk({ content: "a" }), chunk({}, "stop"), end])).not.toBeNull();
    expect(form?.toAnswer([chunk({ content: "a" }), chunk({}, "stop")])).toBeNull();
    expect(form?.toAnswer([chunk({ audio: { id: "x" } }), chunk({}, "stop"), end])).toBeNull();
    expect(
      answerForm("anthropic-messages")?.toAnswer([{ type: "message_start", message: {} }, { type: "new" }]),
    ).toBeNull();
  });

  test("a request's form is cut out of it and nothing else", () => {
    const form = answerForm("openai-chat");
    const asked = (text: string) => form?.asked("/v1", Buffer.from(text));
    const plain = '{"model":"m", "messages":[{"stream":true}]}';
    for (const [text, kind, options] of [
      [plain, "json", ""],
      ['{"stream" : false,"model":"m", "messages":[{"stream":true}]}', "json", ""],
      ['{"model":"m", "messages":[{"stream":true}], "stream": true}', "stream", ""],
      [
        '{"model":"m","stream":true, "messages":[{"stream":true}],"stream_options":{ "include_usage" : true }}',
        "stream",
        '{"include_usage":true}',
      ],
    ] as const) {
      expect([text, asked(text)?.kind, asked(text)?.options]).toEqual([text, kind, options]);
      expect(JSON.parse(String(asked(text)?.body))).toEqual(JSON.parse(plain));
    }
    expect(asked("[1")?.kind).toBe("json");
  });
});

const requestOptions = { maxRetries: 0 };
const place = () => `${gateway.url}/v1/default/cached`;
let counter = 0;
const fresh = () => `question ${(counter += 1)}`;
const lastStatus = () => gateway.records().at(-1)?.cacheStatus;

describe("a cached answer in the form that is asked for", () => {
  test("OpenAI's SDK: JSON answers a stream, with and without usage, and the reverse", async () => {
    const client = new OpenAI({ apiKey: "sk", baseURL: `${place()}/openai/v1`, ...requestOptions });
    const ask = (content: string) => ({ model: "gpt-x", messages: [{ role: "user" as const, content }] });
    respond = () =>
      new Response(gzipSync(JSON.stringify(openaiAnswer)), {
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      });
    const first = fresh();
    expect(await client.chat.completions.create(ask(first))).toMatchObject({ id: "chatcmpl-1" });
    for (const options of [{ include_usage: true }, null]) {
      const streamed = await client.chat.completions
        .stream({ ...ask(first), ...(options === null ? {} : { stream_options: options }) })
        .finalChatCompletion();
      const expected = structuredClone(openaiAnswer) as Record<string, unknown>;
      expect(streamed.choices.map(({ message }) => message.content)).toEqual(["Grüße 🙂", null]);
      expect(streamed.choices[0]?.message.tool_calls).toMatchObject(openaiAnswer.choices[0]?.message.tool_calls ?? []);
      expect(streamed.choices.map((choice) => choice.finish_reason)).toEqual(["tool_calls", "stop"]);
      if (options !== null) expect(streamed.usage).toEqual(expected["usage"] as OpenAI.CompletionUsage);
      expect([lastStatus(), calls]).toEqual(["HIT", 1]);
    }
    const events = answerForm("openai-chat")?.toStream(openaiAnswer, '{"include_usage":true}') ?? [];
    respond = stream(events);
    const second = fresh();
    for await (const _ of await client.chat.completions.create({
      ...ask(second),
      stream: true,
      stream_options: { include_usage: true },
    }));
    expect(calls).toBe(2);
    expect((await client.chat.completions.create(ask(second))) as object).toMatchObject(openaiAnswer);
    expect([lastStatus(), calls]).toEqual(["HIT", 2]);
    // Without usage a stream has not all that a whole answer needs.
    respond = stream(answerForm("openai-chat")?.toStream(openaiAnswer, "") ?? []);
    const third = fresh();
    for await (const _ of await client.chat.completions.create({ ...ask(third), stream: true }));
    respond = () => Response.json(openaiAnswer);
    await client.chat.completions.create(ask(third));
    expect([lastStatus(), calls]).toEqual(["MISS", 4]);
  });

  test("Anthropic's SDK: both ways", async () => {
    const client = new Anthropic({ apiKey: "sk", baseURL: `${place()}/anthropic`, ...requestOptions });
    const ask = (content: string) => ({
      model: "claude-x",
      max_tokens: 100,
      messages: [{ role: "user" as const, content }],
    });
    respond = () => Response.json(anthropicAnswer);
    const first = fresh();
    await client.messages.create(ask(first));
    const message = await client.messages.stream(ask(first)).finalMessage();
    expect([lastStatus(), calls]).toEqual(["HIT", 1]);
    expect(JSON.parse(JSON.stringify(message))).toMatchObject(anthropicAnswer);
    respond = stream(answerForm("anthropic-messages")?.toStream(anthropicAnswer, "") ?? []);
    const second = fresh();
    await client.messages.stream(ask(second)).finalMessage();
    const whole = await client.messages.create(ask(second));
    expect([lastStatus(), calls]).toEqual(["HIT", 2]);
    expect(JSON.parse(JSON.stringify(whole))).toMatchObject(anthropicAnswer);
  });

  test("Google's SDK: both ways", async () => {
    const client = new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: `${place()}/google-ai-studio` } });
    const ask = (contents: string) => ({ model: "gemini-x", contents });
    respond = () => Response.json(geminiAnswer);
    const first = fresh();
    await client.models.generateContent(ask(first));
    let text = "";
    for await (const part of await client.models.generateContentStream(ask(first))) {
      for (const { text: piece } of part.candidates?.[0]?.content?.parts ?? []) text += piece ?? "";
    }
    expect([lastStatus(), calls, text]).toEqual(["HIT", 1, "Grüße 🙂"]);
    const halves = ["Grüße", " 🙂"].map((half, index) => ({
      ...geminiAnswer,
      candidates: [
        {
          index: 0,
          content: { role: "model", parts: [{ text: half }] },
          ...(index === 0 ? {} : { finishReason: "STOP" }),
        },
      ],
    }));
    respond = stream(halves.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`));
    const second = fresh();
    for await (const _ of await client.models.generateContentStream(ask(second)));
    const whole = await client.models.generateContent(ask(second));
    expect([lastStatus(), calls]).toEqual(["HIT", 2]);
    expect(whole.candidates?.[0]?.content?.parts).toEqual([{ text: "Grüße 🙂" }]);
    expect(whole.usageMetadata?.totalTokenCount).toBe(15);
  });

  test("a name of the client's own serves both forms", async () => {
    const ask = (body: object) =>
      fetch(`${gateway.url}/v1/default/default/openai/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "cf-aig-cache-key": "both" },
        body: JSON.stringify({ model: "m", messages: [], ...body }),
      });
    respond = () => Response.json(openaiAnswer);
    await (await ask({})).text();
    const streamed = await ask({ stream: true });
    expect(streamed.headers.get("content-type")).toStartWith("text/event-stream");
    expect(await streamed.text()).toEndWith("data: [DONE]\n\n");
    expect(calls).toBe(1);
  });
});
