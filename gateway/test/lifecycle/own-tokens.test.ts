import { afterAll, beforeAll, expect, test } from "bun:test";
import { answerOf } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import type { VendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { type HeadgateProcess, localCredential, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { sampleExchange } from "../support/samples.ts";

const adminToken = "no-form-of-a-token";
const query = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] };

let upstream: VendorUpstream;
let headgate: HeadgateProcess;
let url: string;
let apiToken: string;

beforeAll(async () => {
  upstream = startVendorUpstream();
  headgate = runHeadgateProcess({
    yaml: [
      "accounts: { default: { gateways: { locked: { authentication: true } } } }",
      `providers: { openai: { base_url: "${upstream.url}/v1" }, workers-ai: { base_url: "${upstream.url}/cf" } }`,
    ].join("\n"),
    environment: { HEADGATE_WORKERS: "1", HEADGATE_ADMIN_TOKEN: adminToken },
  });
  url = await servedUrl(headgate);
  const made = await fetch(`${url}/client/v4/accounts/default/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json", ...localCredential(`${headgate.directory}/data`) },
    body: JSON.stringify({
      name: "app",
      policies: [{ effect: "allow", permission_groups: [{ id: "AI Gateway Run" }] }],
    }),
  });
  apiToken = ((await made.json()) as { result: { value: string } }).result.value;
  while ((await call(apiToken, ["locked/openai/chat/completions", {}, query])) !== 200) await Bun.sleep(20);
});
afterAll(async () => {
  await headgate[Symbol.asyncDispose]();
  upstream.stop();
});

/** Path, headers and body. */
type AskedCall = readonly [string, Record<string, string>, unknown];

/** Status of a request that `token` lets in, from where clients have it. */
async function call(token: string, [path, headers, body]: AskedCall): Promise<number> {
  upstream.answer(() => answerOf(sampleExchange("openai-chat")));
  const isSocket = headers["upgrade"] !== undefined;
  const isPlain = path.includes("/compat/");
  const response = await fetch(`${url}/${path.startsWith("client/") ? "" : "v1/default/"}${path}`, {
    method: isSocket ? "GET" : "POST",
    headers: { ...(isPlain ? {} : { "cf-aig-authorization": token }), "content-type": "application/json", ...headers },
    ...(isSocket ? {} : { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}

const compatQuery = { ...query, model: "openai/gpt-4o-mini" };
const step = (headers: object, endpoint = "chat/completions") => ({ provider: "openai", endpoint, headers, query });
const handshake = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const cases: Readonly<Record<string, (token: string) => AskedCall>> = {
  "compat's authorization": (token) => [
    "locked/compat/chat/completions",
    { authorization: `Bearer ${token}` },
    compatQuery,
  ],
  "the provider's authorization": (token) => [
    "locked/openai/chat/completions",
    { authorization: `Bearer ${token}` },
    query,
  ],
  "an open gateway's authorization": (token) => [
    "default/openai/chat/completions",
    { authorization: `Bearer ${token}` },
    query,
  ],
  "a key's field": (token) => ["locked/openai/chat/completions", { "x-api-key": token }, query],
  "basic authorization": (token) => [
    "locked/openai/chat/completions",
    { authorization: `Basic ${btoa(`me:${token}`)}` },
    query,
  ],
  "the query": (token) => [`locked/openai/chat/completions?key=${encodeURIComponent(token)}`, {}, query],
  "the query of a run": (token) => [
    `client/v4/accounts/default/ai/run?key=${token}`,
    { authorization: `Bearer ${token}`, "cf-aig-gateway-id": "default" },
    { model: "@cf/meta/llama-3.1-8b-instruct", input: { prompt: "hi" } },
  ],
  "a step's fields": (token) => ["locked", {}, [step({ authorization: `Bearer ${token}`, "x-api-key": token })]],
  "a step's endpoint": (token) => ["locked", {}, [step({}, `chat/completions?api_key=${token}`)]],
  "a subprotocol in the place of a key": (token) => [
    "locked/openai/realtime?model=gpt-realtime",
    { ...handshake, "sec-websocket-protocol": `realtime, openai-insecure-api-key.${token}` },
    null,
  ],
};

test.each(Object.keys(cases))("a token in %s stays here", async (name) => {
  for (const token of [adminToken, apiToken]) {
    await call(token, (cases[name] as (typeof cases)[string])(token));
    expect(upstream.requests).toHaveLength(1);
    const sent = upstream.requests.flatMap(({ target, headerLines }) => [target, ...headerLines]).join("\n");
    expect(sent).not.toContain(token);
    expect(sent).not.toContain(btoa(`me:${token}`));
  }
});

test("a person's session goes to no provider; other cookies do", async () => {
  await call(apiToken, [
    "locked/openai/chat/completions",
    { cookie: "a=1; headgate=s3cret; __Host-headgate=s3cret" },
    query,
  ]);
  expect(upstream.requests[0]?.header("cookie")).toBe("a=1");
  await call(apiToken, ["locked/openai/chat/completions", { cookie: "headgate=s3cret" }, query]);
  expect(upstream.requests[0]?.header("cookie")).toBeUndefined();
});
