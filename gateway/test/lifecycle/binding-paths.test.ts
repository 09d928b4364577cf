import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { answerOf, jsonAnswer } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import type { VendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { bodyBytes } from "../support/recordings.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const chat = sampleExchange("openai-chat");
const steps = [
  {
    provider: "openai",
    endpoint: "chat/completions",
    headers: { authorization: "Bearer sk-fake", "cf-aig-metadata": { team: "maps" } },
    query: { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] },
  },
];
const proxyPath = "/client/v4/accounts/default/ai/run/proxy";

let upstream: VendorUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({ providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } } });
});
beforeEach(() => upstream.answer(() => answerOf(chat)));
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

function call(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(steps),
  });
}

/** The step arrived as it was given, without what was said to the gateway, and the record tells so. */
async function expectServed(response: Response): Promise<void> {
  expect([response.status, response.headers.get("cf-aig-step")]).toEqual([200, "0"]);
  expect(await response.text()).toBe(bodyBytes(chat.response).toString());
  expect(upstream.requests.map(({ target }) => target)).toEqual(["/v1/chat/completions"]);
  const [request] = upstream.requests;
  expect(request?.body().toString()).toBe(JSON.stringify(steps[0]?.query));
  expect(request?.header("authorization")).toBe("Bearer sk-fake");
  for (const name of ["x-forwarded", "cf-aig-metadata"]) expect(request?.header(name)).toBeUndefined();
  expect(gateway.records().at(-1)).toMatchObject({
    accountId: "default",
    gatewayId: "default",
    requestType: "universal",
    metadata: { team: "maps" },
  });
}

test("D19 the binding's universal path", async () => {
  await expectServed(await call("/ai-gateway/universal/run/default"));
});

test("D19 the development proxy is the binding's path of the account, and its token stays here", async () => {
  await expectServed(
    await call(proxyPath, {
      authorization: "Bearer headgate-token",
      "x-forwarded": "https://workers-binding.ai/ai-gateway/universal/run/default",
    }),
  );
});

test("D19 the development proxy takes no other origin, and says it in both members that clients read", async () => {
  upstream.answer(() => jsonAnswer(200, {}));
  const response = await call(proxyPath, { "x-forwarded": "https://api.openai.com/v1/chat/completions" });
  const message =
    'x-forwarded must name the URL the binding called, below https://workers-binding.ai/, got "https://api.openai.com/v1/chat/completions"';
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    success: false,
    errors: [{ code: 7001, message }],
    error: [{ code: 7001, message }],
  });
  expect(upstream.requests).toHaveLength(0);
});

test("D19 a binding's gateway that does not exist", async () => {
  const response = await call("/ai-gateway/universal/run/nowhere");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ success: false, error: [{ code: 2001 }], internalCode: 2001 });
});
