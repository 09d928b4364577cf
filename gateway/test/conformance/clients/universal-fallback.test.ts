import { afterAll, beforeAll, expect, test } from "bun:test";
import { startReplayUpstream } from "../../support/replay-upstream.ts";
import type { ReplayUpstream } from "../../support/replay-upstream.ts";
import { bodyBytes } from "../../support/recordings.ts";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";

const question = { messages: [{ role: "user", content: "Name a river — “à voix haute”." }] };
const steps = [
  {
    provider: "openai",
    endpoint: "chat/completions",
    headers: { authorization: "Bearer sk-fake", "content-type": "application/json" },
    query: { model: "gpt-4o-mini", ...question },
  },
  {
    provider: "huggingface",
    endpoint: "v1/chat/completions",
    headers: { authorization: "Bearer hf_fake", "content-type": "application/json" },
    query: { model: "meta-llama/Llama-3.1-8B-Instruct", ...question },
  },
];
const answered = sampleExchange("huggingface-chat");
const streamed = sampleExchange("mistral-chat-stream");
const curl = Bun.which("curl");
if (curl === null) console.log("skipped: the fallback by curl, because there is no curl here");

let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream();
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      huggingface: { base_url: `${upstream.url}/huggingface`, dialect: null },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

/** OpenAI fails with 500; Hugging Face answers with `exchange`. */
function arrange(exchange = answered): void {
  upstream.forget();
  upstream.route({
    path: "/openai/v1/chat/completions",
    exchange: sampleExchange("openai-error"),
    control: { status: 500 },
  });
  upstream.route({ path: "/huggingface/v1/chat/completions", exchange });
}

/** Both requests as they arrived, and both records, tell the same story. */
function expectBothSteps(count: number): void {
  expect(upstream.requests.map(({ target }) => target)).toEqual([
    "/openai/v1/chat/completions",
    "/huggingface/v1/chat/completions",
  ]);
  for (const [index, request] of upstream.requests.entries()) {
    expect(request.body().toString()).toBe(JSON.stringify(steps[index]?.query));
    expect(request.header("authorization")).toBe(steps[index]?.headers.authorization as string);
    expect(request.header("content-type")).toBe("application/json");
  }
  const records = gateway.records().slice(count);
  expect(records.map(({ step, provider, statusCode, outcome }) => ({ step, provider, statusCode, outcome }))).toEqual([
    { step: 0, provider: "openai", statusCode: 500, outcome: "superseded" },
    { step: 1, provider: "huggingface", statusCode: 200, outcome: "complete" },
  ]);
  expect(records[0]?.eventId).toBe(records[1]?.eventId as string);
  expect(records.every(({ requestType }) => requestType === "universal")).toBe(true);
}

test("OpenAI fails, Hugging Face answers, by fetch", async () => {
  arrange();
  const count = gateway.recordCount();
  const response = await fetch(`${gateway.url}/v1/default/default`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(steps),
  });
  expect([response.status, response.headers.get("cf-aig-step")]).toEqual([200, "1"]);
  expect(await response.text()).toBe(bodyBytes(answered.response).toString());
  expectBothSteps(count);
  expect(gateway.records().at(-1)?.usage).toEqual({ inputTokens: 9, outputTokens: 4, totalTokens: 13 });
});

test("all steps fail: the last provider's answer comes as it is, with its step", async () => {
  upstream.forget();
  upstream.route({ path: /./, exchange: sampleExchange("huggingface-error"), control: { status: 503 } });
  const response = await fetch(`${gateway.url}/v1/default/default`, { method: "POST", body: JSON.stringify(steps) });
  expect([response.status, response.headers.get("cf-aig-step")]).toEqual([503, "1"]);
  expect(await response.text()).toBe(bodyBytes(sampleExchange("huggingface-error").response).toString());
});

test.skipIf(curl === null)("OpenAI fails, Hugging Face answers, by curl", async () => {
  arrange();
  const count = gateway.recordCount();
  const { head, body } = await runCurl(JSON.stringify(steps));
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head).toMatch(/^cf-aig-step: 1\r$/im);
  expect(body).toBe(bodyBytes(answered.response).toString());
  expectBothSteps(count);
});

test.skipIf(curl === null)("a streamed answer of the second step, by curl", async () => {
  arrange(streamed);
  const streaming = steps.map(({ query, ...step }) => Object.assign({}, step, { query: { ...query, stream: true } }));
  const { head, body } = await runCurl(JSON.stringify(streaming));
  expect(head).toMatch(/^cf-aig-step: 1\r$/im);
  expect(head).toMatch(/^content-type: text\/event-stream/im);
  expect(body).toBe(bodyBytes(streamed.response).toString());
});

/** Runs curl with a body read from its standard input, as in the README. */
async function runCurl(data: string): Promise<{ head: string; body: string }> {
  const flags = ["-sS", "-i", "--max-time", "5", "--noproxy", "*"];
  const content = ["-H", "content-type: application/json", "--data-binary", "@-"];
  const child = Bun.spawn([curl as string, ...flags, ...content, `${gateway.url}/v1/default/default`], {
    stdin: Buffer.from(data),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, complaints, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: "" });
  const border = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, border + 2), body: text.slice(border + 4) };
}
