import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { sampleExchange } from "../support/samples.ts";
import { startCompatPair } from "../support/start-compat-pair.ts";
import type { CompatPair } from "../support/start-compat-pair.ts";

let pair: CompatPair;

beforeAll(async () => {
  pair = await startCompatPair();
});
afterEach(() => pair.upstream.forget());
afterAll(() => pair.stop());

const messages = '"messages":[{"role":"user","content":"Name a river"}]';
const chat = sampleExchange("openai-chat");

describe("D5 steps of the universal endpoint", () => {
  test("compat and provider steps fall back to each other; each query keeps its bytes but for the model", async () => {
    pair.upstream.route({ path: "/openai/v1/chat/completions", exchange: chat, control: { status: 503 } });
    pair.upstream.route({ path: "/anthropic/v1/messages", exchange: chat, control: { status: 500 } });
    pair.upstream.route({ path: "/own/v1/chat/completions", exchange: chat });
    const query = String.raw`{ "seed":12345678901234567890, "model" : "NAME", ${messages}, "text":"\u00e9é\/" }`;
    const step = (target: string, name: string, headers = "{}"): string => {
      const [, provider, endpoint] = /^([a-z]+) (.+)$/.exec(target) ?? [];
      const own = query.replace("NAME", name);
      return `{"provider":"${provider}","endpoint":"${endpoint}","headers":${headers},"query":${own}}`;
    };
    const answer = await pair.post(
      "/v1/default/default",
      `[ ${[
        step("compat chat/completions?a=1", "openai/gpt-4o", '{"authorization":"Bearer sk-1"}'),
        step("anthropic v1/messages", "claude-opus-5", '{"x-api-key":"sk-ant"}'),
        step("compat v1/chat/completions", "custom-own/llama"),
      ].join(" , ")} ]`,
    );
    expect([answer.status, answer.header("cf-aig-step")]).toEqual([200, "2"]);
    expect(pair.upstream.requests.map(({ target }) => target)).toEqual([
      "/openai/v1/chat/completions?a=1",
      "/anthropic/v1/messages",
      "/own/v1/chat/completions",
    ]);
    const names = ["gpt-4o", "claude-opus-5", "llama"];
    expect(pair.upstream.requests.map((request) => request.body().toString())).toEqual(
      names.map((name) => query.replace("NAME", name)),
    );
    expect(pair.upstream.requests[0]?.header("authorization")).toBe("Bearer sk-1");
    expect(pair.gateway.records().slice(-3)).toMatchObject([
      { step: 0, provider: "openai", model: "gpt-4o", path: "chat/completions", outcome: "superseded" },
      { step: 1, provider: "anthropic", model: "claude-opus-5" },
      { step: 2, provider: "custom-own", model: "llama", path: "v1/chat/completions", outcome: "complete" },
    ]);
  });

  test("a repeated query is the last one, the one that was checked", async () => {
    pair.upstream.route({ path: "/openai/v1/chat/completions", exchange: chat });
    const step = `{"provider":"compat","endpoint":"chat/completions","query":{"model":"nobody/x"},"query":{"model":"openai/m",${messages}}}`;
    expect((await pair.post("/v1/default/default", step)).status).toBe(200);
    expect(pair.upstream.requests[0]?.body().toString()).toBe(`{"model":"m",${messages}}`);
  });

  test("the list of models is no step", async () => {
    const answer = await pair.post("/v1/default/default", '[{"provider":"compat","endpoint":"models","query":{}}]');
    expect(answer.error).toMatchObject({ internalCode: 2019, details: { path: "[0].endpoint" } });
  });
});
