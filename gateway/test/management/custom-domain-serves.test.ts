import { expect, test } from "bun:test";
import { answerOf } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { startManagedGateway } from "../support/management-client.ts";
import { sampleExchange } from "../support/samples.ts";

const path = "/accounts/default/ai-gateway/gateways/default/custom-domains";

test("a custom domain made through the API leads to its gateway, until it is deleted", async () => {
  const upstream = startVendorUpstream();
  upstream.answer(() => answerOf(sampleExchange("openai-chat")));
  await using gateway = await startManagedGateway({
    yaml: `providers: { openai: { base_url: "${upstream.url}/v1" } }`,
    environment: { HEADGATE_WORKERS: "0" },
  });
  const statusUnder = async (host: string, target: string): Promise<number> => {
    const answer = await fetch(`${gateway.url}${target}`, { method: "POST", headers: { host }, body: "{}" });
    await answer.text();
    return answer.status;
  };
  const becomes = async (host: string, target: string, status: number): Promise<void> => {
    for (let tries = 0; (await statusUnder(host, target)) !== status; tries += 1) {
      if (tries === 400) throw new Error(`${host}${target} never answered ${status}`);
      await Bun.sleep(5);
    }
  };
  const management = "/client/v4/accounts/default/ai-gateway/gateways";
  try {
    expect(await statusUnder("ai.example.com", management)).toBe(401);
    expect((await gateway.ask("POST", path, { domain: "AI.example.com" })).status).toBe(200);
    await becomes("ai.example.com", management, 400);
    expect(await statusUnder("ai.example.com", "/openai/chat/completions")).toBe(200);
    expect((await gateway.ask("DELETE", `${path}/ai.example.com`)).status).toBe(200);
    await becomes("ai.example.com", management, 401);
  } finally {
    upstream.stop();
  }
});

test("the name that management is reached by cannot be taken", async () => {
  await using gateway = await startManagedGateway({ environment: { HEADGATE_WORKERS: "0" } });
  const answer = await fetch(`${gateway.url}/client/v4${path}`, {
    method: "POST",
    headers: { host: "gate.example.com", authorization: "Bearer hg-test-admin-token-0123456789" },
    body: JSON.stringify({ domain: "Gate.Example.Com" }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { errors: [{ code: 7001, path: ["body", "domain"] }] },
  ]);
  expect((await gateway.ask("GET", path)).result).toEqual([]);
});

test("nor can a name be taken, under another, that somebody manages all accounts by", async () => {
  await using gateway = await startManagedGateway({ environment: { HEADGATE_WORKERS: "0" } });
  const admin = { authorization: "Bearer hg-test-admin-token-0123456789" };
  const take = async (host: string): Promise<number> => {
    const headers = { host, ...admin };
    const body = JSON.stringify({ domain: "gate.example.com" });
    return (await fetch(`${gateway.url}/client/v4${path}`, { method: "POST", headers, body })).status;
  };
  const headers = { host: "Gate.example.com", ...admin };
  expect((await fetch(`${gateway.url}/client/v4/accounts`, { headers })).status).toBe(200);
  expect(await take("other.example.com")).toBe(400);
});
