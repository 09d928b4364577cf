import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { bodyBytes } from "../support/recordings.ts";
import { sampleExchange } from "../support/samples.ts";
import { startCompatPair } from "../support/start-compat-pair.ts";
import type { CompatPair } from "../support/start-compat-pair.ts";

let pair: CompatPair;

beforeAll(async () => {
  pair = await startCompatPair();
});
afterEach(() => pair.upstream.forget());
afterAll(() => pair.stop());

const base = "/v1/default/default/compat";
const messages = '"messages":[{"role":"user","content":"Name a river"}]';
const chat = sampleExchange("openai-chat");

describe("D5 the compat address", () => {
  test.each([
    "/v1/default/default/compat/chat/completions",
    "/v1/default/default/compat/v1/chat/completions",
    "/compat/chat/completions",
    "/compat/v1/chat/completions",
  ])("%s: the prefix chooses the provider and is cut out, and nothing else changes", async (target) => {
    pair.upstream.route({ path: "/openai/v1/chat/completions", exchange: chat });
    const body = String.raw` {"stream" :false, "seed":12345678901234567890,"model":"openai\/gpt-4o-mini",${messages}, "x":"\u00e9é" }`;
    const count = pair.gateway.recordCount();
    const answer = await pair.post(`${target}?a=1`, body, {
      headerLines: ["authorization: Bearer sk-1", "cf-aig-metadata: {}", "x-own: 1"],
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(bodyBytes(chat.response).toString());
    const [request] = pair.upstream.requests;
    expect(request?.target).toBe("/openai/v1/chat/completions?a=1");
    expect(request?.body().toString()).toBe(body.replace(String.raw`openai\/gpt-4o-mini`, "gpt-4o-mini"));
    expect(request?.header("authorization")).toBe("Bearer sk-1");
    expect(request?.header("x-own")).toBe("1");
    expect(request?.header("cf-aig-metadata")).toBeUndefined();
    expect(pair.gateway.records().slice(count)).toMatchObject([
      {
        provider: "openai",
        model: "gpt-4o-mini",
        path: target.replace(/^.*compat\//, ""),
        requestType: "provider",
        outcome: "complete",
        cost: { state: "priced" },
      },
    ]);
  });

  test("of a repeated model the last counts, as for JSON.parse, and it alone is rewritten", async () => {
    pair.upstream.route({ path: "/anthropic/v1/chat/completions", exchange: chat });
    const body = String.raw`{"model":"openai/gpt-4o",${messages},"mod\u0065l":"anthropic/claude-opus-5","x":{"model":"openai/z"}}`;
    expect((await pair.post(`${base}/chat/completions`, body)).status).toBe(200);
    expect(pair.upstream.requests.map((request) => request.body().toString())).toEqual([
      body.replace("anthropic/claude-opus-5", "claude-opus-5"),
    ]);
  });

  test("embeddings, and a provider of one's own", async () => {
    pair.upstream.route({ path: "/own/v1/embeddings", exchange: sampleExchange("openai-embeddings") });
    const body = '{"input":["Loire"],"model":"custom-own/org/bge"}';
    expect((await pair.post(`${base}/embeddings`, body)).status).toBe(200);
    expect(pair.upstream.requests[0]?.body().toString()).toBe('{"input":["Loire"],"model":"org/bge"}');
    expect(pair.gateway.records().at(-1)).toMatchObject({
      provider: "custom-own",
      model: "org/bge",
      path: "embeddings",
      usage: { inputTokens: 2, totalTokens: 2 },
      cost: { state: "unpriced" },
    });
  });

  test("the vendor's own key field is taken too, and sent as these endpoints want it", async () => {
    pair.upstream.route({ path: "/anthropic/v1/chat/completions", exchange: chat });
    const body = `{"model":"anthropic/claude-opus-5",${messages}}`;
    await pair.post(`${base}/chat/completions`, body, {
      headerLines: ["x-api-key: sk-ant", "authorization: Bearer unused"],
    });
    const [request] = pair.upstream.requests;
    expect([request?.header("authorization"), request?.header("x-api-key")]).toEqual(["Bearer sk-ant", undefined]);
  });

  test("a body of some size that comes in pieces is read whole; it can be tried again", async () => {
    pair.upstream.route({ path: "/openai/v1/chat/completions", exchange: chat, control: { failTimes: 1 } });
    const filler = "x".repeat(600_000);
    const body = `{"messages":[{"role":"user","content":"${filler}"}],"model":"openai/gpt-4o-mini"}`;
    const answer = await pair.post(`${base}/chat/completions`, body, {
      headerLines: ["cf-aig-max-attempts: 2", "cf-aig-retry-delay: 0"],
    });
    expect(answer.status).toBe(200);
    expect(pair.upstream.requests.map((request) => request.bodySizeBytes)).toEqual(Array(2).fill(body.length - 7));
  });
});
