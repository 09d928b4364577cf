import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { defaultGatewaySettings, type KeyConfig } from "../../../src/core/gateway-settings.ts";
import { type StartedGateway, startGateway } from "../../support/start-gateway.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

let gateway: StartedGateway;
let upstream: ReturnType<typeof Bun.serve>;
let directory: ReturnType<typeof temporaryDirectory>;
/** Credential fields of the newest request that reached a provider. */
let credentials: Record<string, string>;

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const completion = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage,
};
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "hello" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};
const generated = {
  candidates: [{ content: { role: "model", parts: [{ text: "hello" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
};

beforeAll(async () => {
  directory = temporaryDirectory();
  upstream = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const names = new Set(["authorization", "x-api-key", "x-goog-api-key"]);
      credentials = Object.fromEntries([...request.headers].filter(([name]) => names.has(name)));
      const { pathname, searchParams } = new URL(request.url);
      if (searchParams.has("key")) credentials["key"] = searchParams.get("key") as string;
      if (pathname.endsWith("/messages")) return Response.json(message);
      return Response.json(pathname.includes(":generateContent") ? generated : completion);
    },
  });
  const local = { base_url: `http://127.0.0.1:${upstream.port}`, dialect: null };
  const keys = ["openai", "anthropic", "google-ai-studio"].map((provider): KeyConfig => {
    const path = join(directory.path, provider);
    writeFileSync(path, `stored-${provider}\n`);
    return { provider, alias: "default", isDefault: false, weight: 1, reference: `file:${path}` };
  });
  gateway = await startGateway({
    accounts: {
      default: { gateways: { default: defaultGatewaySettings }, logpush: [], providers: {}, keys: { default: keys } },
    },
    providers: { openai: local, anthropic: local, "google-ai-studio": local },
  });
});

afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
  directory[Symbol.dispose]();
});

const at = (slug: string): string => `${gateway.url}/v1/default/default/${slug}`;

describe("D11 published clients without a key of their own are served with the stored one", () => {
  test("openai", async () => {
    const client = new OpenAI({
      baseURL: at("openai"),
      apiKey: "unused",
      defaultHeaders: { authorization: null },
      maxRetries: 0,
    });
    const answer = await client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
    expect(answer.choices[0]?.message.content).toBe("hello");
    expect(credentials).toEqual({ authorization: "Bearer stored-openai" });
  });

  test("openai on compat, for a vendor of another protocol", async () => {
    const client = new OpenAI({
      baseURL: at("compat"),
      apiKey: "unused",
      defaultHeaders: { authorization: null },
      maxRetries: 0,
    });
    await client.chat.completions.create({ model: "anthropic/m", messages: [{ role: "user", content: "hi" }] });
    expect(credentials).toEqual({ authorization: "Bearer stored-anthropic" });
  });

  test("@anthropic-ai/sdk", async () => {
    const client = new Anthropic({
      baseURL: at("anthropic"),
      apiKey: "unused",
      defaultHeaders: { "x-api-key": null, authorization: null },
      maxRetries: 0,
    });
    const answer = await client.messages.create({
      model: "m",
      max_tokens: 9,
      messages: [{ role: "user", content: "hi" }],
    });
    expect(answer.content[0]).toMatchObject({ text: "hello" });
    expect(credentials).toEqual({ "x-api-key": "stored-anthropic" });
  });

  test("@google/genai", async () => {
    const client = new GoogleGenAI({
      apiKey: "unused",
      httpOptions: { baseUrl: at("google-ai-studio"), headers: { "x-goog-api-key": "" } },
    });
    const answer = await client.models.generateContent({ model: "m", contents: "hi" });
    expect(answer.text).toBe("hello");
    expect(credentials).toEqual({ "x-goog-api-key": "stored-google-ai-studio" });
  });
});

test("a placeholder that is not left away counts as a credential", async () => {
  const client = new OpenAI({ baseURL: at("openai"), apiKey: "unused", maxRetries: 0 });
  await client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
  expect(credentials).toEqual({ authorization: "Bearer unused" });
});
