import { afterAll, expect, test } from "bun:test";
import { requestOnce } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";

const plain = sampleExchange("openai-chat");
const stream = sampleExchange("openai-chat-stream");
const upstream = startReplayUpstream({ exchanges: [plain, stream] });
const gateway = await startGateway({ providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } } });
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function ask(exchange: typeof plain, ...lines: string[]) {
  return requestOnce(gateway.port, {
    method: "POST",
    target: "/openai/chat/completions",
    headerLines: ["host: a", "content-type: application/json", `x-replay-id: ${exchange.id}`, ...lines],
    body: bodyBytes(exchange.request),
  });
}

test("the head of a plain answer tells what it used and cost, as its record does", async () => {
  const answer = await ask(plain);
  const record = gateway.recordOf(answer.header("cf-aig-log-id") as string);
  expect(record?.cost.state).toBe("priced");
  expect(Number(answer.header("cf-aig-cost"))).toBe((record?.cost.nanoUsd as number) / 1e9);
  expect(answer.header("cf-aig-tokens-in")).toBe(String(record?.usage?.inputTokens));
  expect(answer.header("cf-aig-tokens-out")).toBe(String(record?.usage?.outputTokens));
  expect(Number(answer.header("cf-aig-overhead"))).toBe(record?.overheadMs as number);
  expect(answer.header("cf-aig-attempts")).toBe("1");
});

test("a stream tells it in a last comment when asked, and is unchanged otherwise", async () => {
  const silent = await ask(stream);
  expect(silent.body.equals(bodyBytes(stream.response))).toBe(true);
  const told = await ask(stream, "cf-aig-usage: true");
  const comment = told.body.subarray(silent.body.length).toString();
  expect(comment).toMatch(/^: cf-aig-usage \{.*\}\n\n$/);
  const facts = JSON.parse(comment.slice(": cf-aig-usage ".length)) as Record<string, string>;
  expect(Number(facts["cf-aig-cost"])).toBeGreaterThan(0);
  expect(Number(facts["cf-aig-tokens-out"])).toBeGreaterThan(0);
});

test("the client's own prices count, and a bad one is refused by name", async () => {
  const answer = await ask(plain, 'cf-aig-custom-cost: {"total_cost":0.25}');
  expect(answer.header("cf-aig-cost")).toBe("0.25");
  expect(gateway.recordOf(answer.header("cf-aig-log-id") as string)?.cost.state).toBe("custom");
  const refused = await ask(plain, 'cf-aig-custom-cost: {"per_token_in":"much"}');
  expect([refused.status, JSON.parse(refused.body.toString())]).toMatchObject([
    400,
    { internalCode: 7001, details: { path: "cf-aig-custom-cost.per_token_in" } },
  ]);
});

test("a stream its client leaves is billed for what came, and marked", async () => {
  const cut = bodyBytes(stream.response).indexOf("\n\n", 400) + 2;
  const answer = await ask(stream, `x-replay-cut-after: ${cut}`);
  const record = gateway.recordOf(answer.header("cf-aig-log-id") as string);
  expect(record?.outcome).toBe("upstream_broken");
  expect(record?.isUsageEstimated).toBe(true);
  expect(record?.usage?.outputTokens).toBeGreaterThan(0);
  expect(record?.cost.nanoUsd).toBeGreaterThan(0);
});

test("collect-log and metadata reach the record", async () => {
  const answer = await ask(plain, "cf-aig-collect-log: false", 'cf-aig-metadata: {"user":"u9","n":1}');
  const record = gateway.recordOf(answer.header("cf-aig-log-id") as string);
  expect(record).toMatchObject({ isLogged: false, metadata: { user: "u9", n: 1 }, userKey: "user:u9" });
  expect((await ask(plain, "cf-aig-collect-log: maybe")).status).toBe(400);
});
