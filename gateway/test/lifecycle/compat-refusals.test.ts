import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { keepClient } from "../support/kept-client.ts";
import { requestOnce } from "../support/raw-client.ts";
import { sampleExchange } from "../support/samples.ts";
import { startCompatPair } from "../support/start-compat-pair.ts";
import type { CompatError, CompatPair } from "../support/start-compat-pair.ts";
import { startGateway } from "../support/start-gateway.ts";

let pair: CompatPair;

beforeAll(async () => {
  pair = await startCompatPair();
});
afterEach(() => pair.upstream.forget());
afterAll(() => pair.stop());

const base = "/v1/default/default/compat";
const messages = '"messages":[{"role":"user","content":"Name a river"}]';
const chat = sampleExchange("openai-chat");

describe("D5 what the compat address refuses", () => {
  test.each<readonly [string, string, { path: string; says: RegExp }]>([
    ["no body", "", { path: "", says: /the body is empty, expected a JSON object with model/ }],
    ["no JSON", "hello", { path: "", says: /the body is not JSON/ }],
    ["a byte order mark", `\ufeff{"model":"openai/m",${messages}}`, { path: "", says: /not JSON/ }],
    ["cut short", '{"model":"openai/m","messages":[', { path: "", says: /not JSON/ }],
    ["an array", `[{"model":"openai/m",${messages}}]`, { path: "", says: /the body is an array/ }],
    ["a text", '"openai/m"', { path: "", says: /the body is of type string/ }],
    ["null", "null", { path: "", says: /the body is null/ }],
    ["nested without end", "[".repeat(200_000), { path: "", says: /not JSON/ }],
    ["no model", `{${messages}}`, { path: "model", says: /model is missing, expected a text \{provider\}\/\{model\}/ }],
    ["a model that is a number", `{"model":5,${messages}}`, { path: "model", says: /model is of type number/ }],
    ["an empty model", `{"model":"",${messages}}`, { path: "model", says: /model is empty/ }],
    ["a model without a prefix", `{"model":"gpt-4o",${messages}}`, { path: "model", says: /names no provider/ }],
    [
      "no messages",
      '{"model":"openai/m","prompt":"x"}',
      { path: "messages", says: /messages is missing, expected an array/ },
    ],
    [
      "messages that are a text",
      '{"model":"openai/m","messages":"x"}',
      { path: "messages", says: /messages is of type string/ },
    ],
    [
      "input instead of messages",
      '{"model":"openai/m","input":"x"}',
      { path: "messages", says: /messages is missing/ },
    ],
  ])("%s: 2019", async (_, body, { path, says }) => {
    const answer = await pair.post(`${base}/chat/completions`, body);
    expect({ status: answer.status, code: answer.error.internalCode, path: answer.error.details.path }).toEqual({
      status: 400,
      code: 2019,
      path,
    });
    expect(answer.error.message).toBe("Chat completion bad format");
    expect(answer.error.error[0]).toEqual({ code: 2019, message: "Chat completion bad format" });
    expect(answer.error.details.explanation).toMatch(says);
    expect(answer.error.error["message"]).toBe(`Chat completion bad format: ${answer.error.details.explanation}`);
    expect(pair.upstream.requests).toHaveLength(0);
    expect(pair.gateway.records().at(-1)).toMatchObject({ provider: "compat", outcome: "refused", errorCode: 2019 });
  });

  test("embeddings without input, and with a number", async () => {
    for (const input of ["", ',"input":5']) {
      const answer = await pair.post(`${base}/embeddings`, `{"model":"openai/m"${input}}`);
      expect(answer.error).toMatchObject({ internalCode: 2019, details: { path: "input" } });
    }
  });

  test("an unknown prefix: 2008", async () => {
    for (const name of ["nobody/gpt", "@cf/meta/llama", "custom-none/m"]) {
      const answer = await pair.post(`${base}/chat/completions`, `{"model":"${name}",${messages}}`);
      expect(answer.status).toBe(400);
      expect(answer.error).toMatchObject({
        internalCode: 2008,
        message: "Invalid provider",
        details: { path: "model" },
      });
    }
  });

  test.each([
    ["audio/speech", "POST", "audio/speech"],
    ["v1/responses", "POST", "responses"],
    ["v1", "POST", "the bare address"],
    ["", "POST", "the bare address"],
    ["chat/completions/", "POST", "chat/completions/"],
    ["v1/v1/chat/completions", "POST", "v1/chat/completions"],
    ["chat/completions", "GET", "GET chat/completions"],
    ["embeddings", "DELETE", "DELETE embeddings"],
    ["models", "POST", "models"],
    ["models/openai%2Fgpt-4o", "GET", "models/openai%2Fgpt-4o"],
    ["constructor", "POST", "constructor"],
  ])("%s by %s: 2019 that names it", async (path, method, shown) => {
    const answer = await pair.post(`${base}/${path}`, `{"model":"openai/m",${messages}}`, { method });
    expect(answer.status).toBe(400);
    expect(answer.error.internalCode).toBe(2019);
    expect(answer.error.message).toBe(`Compatibility endpoint: ${shown} is not supported`);
    expect(answer.error.details.explanation).toContain("POST chat/completions, POST embeddings and GET models are");
  });

  test.each([
    ["cartesia/sonic", /is not supported by cartesia$/, /has no such endpoint/],
    ["custom-claude/claude", /is not supported by custom-claude$/, /speaks anthropic-messages/],
    ["dynamic/support", /dynamic\/support is not supported$/, /dynamic routes are not part of this version/],
    ["cloudflare/auto", /cloudflare\/auto is not supported$/, /not part of this version/],
  ])("%s: 2019 that says why", async (name, message, explanation) => {
    const answer = await pair.post(`${base}/chat/completions`, `{"model":"${name}",${messages}}`);
    expect(answer.error.internalCode).toBe(2019);
    expect(answer.error.message).toMatch(message);
    expect(answer.error.details.explanation).toMatch(explanation);
  });

  test("a body with a content coding, since it would have to be rewritten", async () => {
    const body = gzipSync(`{"model":"openai/m",${messages}}`);
    const answer = await pair.post(`${base}/chat/completions`, body, { headerLines: ["content-encoding: gzip"] });
    expect(answer.error).toMatchObject({ internalCode: 2019, details: { path: "content-encoding" } });
  });

  test("a body above 32 MiB, at once where its length is told", async () => {
    const size = 33 * 1024 * 1024;
    const told = await requestOnce(pair.gateway.port, {
      method: "POST",
      target: `${base}/chat/completions`,
      headerLines: ["host: a", `content-length: ${size}`],
    });
    expect(told.status).toBe(413);
    expect(JSON.parse(told.body.toString())).toMatchObject({ internalCode: 3006 });
    const body = Buffer.alloc(size, 0x20);
    const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]);
    const chunked = await requestOnce(pair.gateway.port, {
      method: "POST",
      target: `${base}/chat/completions`,
      headerLines: ["host: a", "transfer-encoding: chunked"],
      body: chunk,
    });
    expect(chunked.status).toBe(413);
  });

  test("a provider that refuses connections: 2005 in the form of the address", async () => {
    const lonely = await startGateway({ providers: { openai: { base_url: "http://127.0.0.1:1", dialect: null } } });
    const answer = await requestOnce(lonely.port, {
      method: "POST",
      target: "/compat/chat/completions",
      headerLines: ["host: a"],
      body: Buffer.from(`{"model":"openai/m",${messages}}`),
    });
    await lonely.stop();
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      internalCode: 2005,
      error: { type: "invalid_request_error", code: "2005", message: "Failed to get response from provider" },
      details: { attempts: [{ provider: "openai" }] },
    });
  });

  test("any bytes at all: 2019 or 2008, never a crash", async () => {
    const piece = fc.oneof(
      fc.constantFrom(...'{}[],:" \\\n'),
      fc.constantFrom('"model"', '"messages"', '"openai/m', "openai/", "null", "[]", "1e9", "\\u0000"),
      fc.string({ maxLength: 4 }),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join("")));
    const object = fc.record(
      {
        model: fc.oneof(fc.string(), fc.constantFrom("nobody/x", "/", "openai", "dynamic/x"), fc.jsonValue()),
        messages: fc.jsonValue(),
        input: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const bytes = fc.oneof(
      text,
      fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
      object.map((value) => Buffer.from(JSON.stringify(value))),
    );
    pair.upstream.route({ path: /./, exchange: chat });
    const client = keepClient(pair.gateway.port);
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom("chat/completions", "embeddings"), async (body, path) => {
        const answer = await client.exchange({
          method: "POST",
          target: `${base}/${path}`,
          headerLines: ["host: a"],
          body,
        });
        if (answer.status === 200) return;
        expect(answer.status).toBe(400);
        const { internalCode } = JSON.parse(answer.body.toString()) as CompatError;
        expect([2019, 2008, 7001]).toContain(internalCode);
      }),
      { numRuns: 400 },
    );
    client.close();
  });
});
