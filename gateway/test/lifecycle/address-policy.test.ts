import { afterEach, expect, test } from "bun:test";
import { startScriptedUpstream, hasHead, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { type GatewayOptions, startGateway, type StartedGateway } from "../support/start-gateway.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function gatewayWith(options: GatewayOptions): Promise<StartedGateway> {
  const gateway = await startGateway(options);
  closers.push(() => gateway.stop());
  return gateway;
}

function answering(): ScriptedUpstream {
  const upstream = startScriptedUpstream({
    data: (connection) => {
      if (hasHead(connection))
        connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
    },
  });
  closers.push(() => upstream[Symbol.dispose]());
  return upstream;
}

const guarded = (base_url: string) => ({ base_url, dialect: "openai-chat", is_guarded: true });
const body = '{"model":"m","messages":[]}';

test("R27 a guarded provider at an address that is not allowed: one attempt, told with its cause, nothing sent", async () => {
  const hidden = answering();
  const gateway = await gatewayWith({
    providers: { "custom-inside": guarded(`http://127.0.0.1:${hidden.port}/v1`) },
    network: { allow_http: true },
  });
  const answer = await fetch(`${gateway.url}/v1/default/default/custom-inside/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "cf-aig-max-attempts": "5", "cf-aig-retry-delay": "1" },
    body,
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    internalCode: 2005,
    details: {
      fault: "provider",
      cause: "address_not_allowed",
      attempts: [{ step: 0, attempt: 1, provider: "custom-inside", status: null, cause: "address_not_allowed" }],
    },
  });
  expect(gateway.records()).toHaveLength(1);
  expect(gateway.records()[0]).toMatchObject({
    outcome: "upstream_failed",
    cause: "address_not_allowed",
    errorCode: 2005,
    statusCode: 400,
  });
  expect(hidden.connections).toHaveLength(0);
});

test("R27 http is refused as such", async () => {
  const hidden = answering();
  const gateway = await gatewayWith({
    providers: { "custom-inside": guarded(`http://127.0.0.1:${hidden.port}`) },
    network: { allow_private: ["127.0.0.0/8"] },
  });
  const answer = await fetch(`${gateway.url}/v1/default/default/custom-inside/models`);
  expect(await answer.text()).toContain("network.allow_http");
});

test("R27 the next step of a universal request takes over", async () => {
  const open = answering();
  const gateway = await gatewayWith({
    providers: {
      "custom-inside": guarded("https://169.254.169.254/latest"),
      "custom-own": { base_url: `http://127.0.0.1:${open.port}`, dialect: "openai-chat" },
    },
  });
  const step = (provider: string) => ({
    provider,
    endpoint: "chat/completions",
    headers: {},
    query: JSON.parse(body) as unknown,
    config: { maxAttempts: 3 },
  });
  const answer = await fetch(`${gateway.url}/v1/default/default`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([step("custom-inside"), step("custom-own")]),
  });
  expect([answer.status, answer.headers.get("cf-aig-step")]).toEqual([200, "1"]);
  expect(gateway.records().map(({ cause }) => cause)).toEqual(["address_not_allowed", null]);
});

test("R27 what the file allows is reached, kept connections included", async () => {
  const inside = answering();
  const gateway = await gatewayWith({
    providers: { "custom-inside": guarded(`http://localhost:${inside.port}`) },
    network: { allow_private: ["localhost"], allow_http: true },
  });
  for (let round = 0; round < 2; round += 1) {
    const answer = await fetch(`${gateway.url}/v1/default/default/custom-inside/models`);
    expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  }
  expect(inside.connections).toHaveLength(1);
  expect(inside.connections[0]?.received).toContain(`host: localhost:${inside.port}`);
});
