import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { answerOf } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import type { VendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { requestOnce } from "../support/raw-client.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

let upstream: VendorUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { own: {} },
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    objects: [
      { accountId: "default", kind: "custom-domain", id: "ai.example.com", value: { gatewayId: "own" } },
      { accountId: "default", kind: "custom-domain", id: "lost.example.com", value: { gatewayId: "removed" } },
    ],
  });
});
beforeEach(() => upstream.answer(() => answerOf(sampleExchange("openai-chat"))));
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

async function post(host: string, target: string, body = "{}"): Promise<{ status: number; text: string }> {
  const answer = await requestOnce(gateway.port, {
    method: "POST",
    target,
    headerLines: [`host: ${host}`, "content-type: application/json"],
    body: Buffer.from(body),
  });
  return { status: answer.status, text: answer.body.toString() };
}

test.each(["ai.example.com", "AI.Example.COM", "ai.example.com:8787", "ai.example.com."])(
  "%s is its gateway's",
  async (host) => {
    expect(await post(host, "/openai/v1/chat/completions")).toMatchObject({ status: 200 });
    expect(upstream.requests.map(({ target }) => target)).toEqual(["/v1/chat/completions"]);
    expect(gateway.records().at(-1)).toMatchObject({ accountId: "default", gatewayId: "own", provider: "openai" });
  },
);

test("the universal endpoint is its root", async () => {
  const step = { provider: "openai", endpoint: "chat/completions", query: { model: "m" } };
  expect(await post("ai.example.com", "/", JSON.stringify([step]))).toMatchObject({ status: 200 });
  expect(gateway.records().at(-1)).toMatchObject({ gatewayId: "own", requestType: "universal" });
});

test.each([
  "/v1/default/default/openai/chat/completions",
  "/client/v4/accounts/default/ai/run/proxy",
  "/client/v4/accounts/default/ai-gateway/gateways",
  "/ai-gateway/universal/run/default",
  "/healthz",
  "/metrics",
])("it has nothing but inference: %s", async (target) => {
  const { status, text } = await post("ai.example.com", target);
  expect([status, (JSON.parse(text) as { internalCode: number }).internalCode]).toEqual([400, 2008]);
  expect(upstream.requests).toHaveLength(0);
});

test("a gateway that was removed is missed, and other names are the server's own", async () => {
  expect((await post("lost.example.com", "/openai/v1/chat/completions")).text).toContain('"internalCode":2001');
  expect(await post("other.example.com", "/openai/v1/chat/completions")).toMatchObject({ status: 200 });
  expect(gateway.records().at(-1)).toMatchObject({ gatewayId: "default" });
});
