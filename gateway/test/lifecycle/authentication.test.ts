import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { TokenValue } from "../../src/settings/access-token-object.ts";
import { answerOf } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import type { VendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { testToken } from "../support/test-token.ts";

const chat = sampleExchange("openai-chat");
const HOUR_MS = 3_600_000;
const kinds = {
  plain: {},
  everywhere: { accountId: "" },
  foreign: { accountId: "other" },
  bound: { gatewayIds: ["locked"] },
  reader: { groups: ["AI Gateway Read", "AI Gateway Write"] },
  disabled: { status: "disabled" },
  expired: { expiresAtMs: Date.now() - 1 },
  early: { notBeforeMs: Date.now() + HOUR_MS },
  elsewhere: { ipRanges: { in: ["203.0.113.0/24"], notIn: [] } },
  here: { ipRanges: { in: ["127.0.0.0/8"], notIn: [] } },
  mini: { models: ["gpt-4o-mini*", "openai/gpt-5"] },
} as const satisfies Record<string, Partial<TokenValue> & { readonly accountId?: string }>;
const tokens = Object.fromEntries(
  Object.entries(kinds).map(([id, changes]) => [id, testToken({ id, ...changes })]),
) as Readonly<Record<keyof typeof kinds, ReturnType<typeof testToken>>>;

let upstream: VendorUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    gateways: { locked: { authentication: true }, second: { authentication: true } },
    objects: [
      { accountId: "other", kind: "account", id: "other", value: { name: "other", logpush: [] } },
      ...Object.values(tokens).map(({ object }) => object),
    ],
  });
});
beforeEach(() => upstream.answer(() => answerOf(chat)));
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

interface Called {
  readonly status: number;
  readonly body: Record<string, never> & { readonly details?: Record<string, string>; readonly message?: string };
  readonly record: Record<string, unknown>;
}

async function call(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: unknown = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] },
): Promise<Called> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), record: { ...gateway.records().at(-1) } };
}

const locked = "/v1/default/locked/openai/chat/completions";
const open = "/v1/default/default/openai/chat/completions";

test("D4 no token: 401, code 2009, Unauthorized; the provider is not asked", async () => {
  const { status, body, record } = await call(locked, { authorization: "Bearer sk-fake" });
  expect(status).toBe(401);
  expect(body).toMatchObject({
    success: false,
    result: [],
    error: { 0: { code: 2009, message: "Unauthorized" } },
    name: "AiGatewayError",
    httpCode: 401,
    internalCode: 2009,
    message: "Unauthorized",
    description: "Unauthorized",
    details: { cause: "no_token" },
  });
  expect(upstream.requests).toHaveLength(0);
  expect(record).toMatchObject({
    outcome: "refused",
    statusCode: 401,
    errorCode: 2009,
    cause: "no_token",
    tokenId: null,
  });
});

test("D4 a token with and without Bearer lets in, and stays here", async () => {
  for (const value of [`Bearer ${tokens.plain.text}`, `bearer  ${tokens.plain.text}`, tokens.plain.text]) {
    const headers = { "cf-aig-authorization": value, authorization: "Bearer sk-fake" };
    const { status, record } = await call(locked, headers);
    expect(status).toBe(200);
    expect(record).toMatchObject({ tokenId: "plain", userKey: "token:plain", outcome: "complete" });
  }
  for (const request of upstream.requests) {
    expect(request.header("cf-aig-authorization")).toBeUndefined();
    expect(request.header("authorization")).toBe("Bearer sk-fake");
  }
  const { record } = await call(locked, {
    "cf-aig-authorization": tokens.plain.text,
    "cf-aig-metadata": '{"user":"u7"}',
  });
  expect(record).toMatchObject({ tokenId: "plain", userKey: "user:u7" });
});

test("D4 an open gateway looks at no token", async () => {
  for (const value of ["Bearer undefined", "Bearer ", "nonsense", tokens.expired.text]) {
    const { status, record } = await call(open, { "cf-aig-authorization": value, authorization: "Bearer sk-fake" });
    expect([status, record["tokenId"]]).toEqual([200, null]);
  }
  expect((await call(locked, { "cf-aig-authorization": "Bearer undefined" })).status).toBe(401);
});

test("D4 whoever holds a token that does not count here learns why", async () => {
  const causes = {
    foreign: "other_account",
    reader: "no_run_permission",
    disabled: "disabled",
    expired: "expired",
    early: "not_valid_yet",
    elsewhere: "other_address",
  } as const;
  for (const [name, cause] of Object.entries(causes)) {
    const headers = { "cf-aig-authorization": `Bearer ${tokens[name as keyof typeof causes].text}` };
    const { status, body } = await call(locked, headers);
    expect([name, status, body.message, body.details?.["cause"]]).toEqual([name, 401, "Unauthorized", cause]);
  }
  expect(upstream.requests).toHaveLength(0);
  for (const name of ["everywhere", "bound", "here"] as const) {
    expect((await call(locked, { "cf-aig-authorization": tokens[name].text })).status).toBe(200);
  }
  const other = await call("/v1/default/second/openai/chat/completions", { "cf-aig-authorization": tokens.bound.text });
  expect([other.status, other.body.details?.["cause"]]).toEqual([401, "other_gateway"]);
});

test("D4 a token in the provider's place is named in the message", async () => {
  for (const name of ["authorization", "x-api-key"]) {
    const { status, body } = await call(locked, { [name]: `Bearer ${tokens.plain.text}` });
    expect([status, body.details?.["cause"]]).toEqual([401, "misplaced_token"]);
    expect(body.message).toStartWith(
      `Unauthorized: ${name} carries the gateway's token; send it as cf-aig-authorization`,
    );
  }
  expect(upstream.requests).toHaveLength(0);
});

test("a token in the provider's place stays here on open gateways, too", async () => {
  const headers = { authorization: `Bearer ${tokens.plain.text}`, "x-api-key": tokens.plain.text };
  await call(`${open}?key=${tokens.plain.text}&a=1`, headers);
  const steps = [
    { provider: "openai", endpoint: `chat/completions?key=${tokens.plain.text}`, headers, query: { model: "m" } },
  ];
  await call("/v1/default/default", {}, steps);
  expect(upstream.requests.map(({ target }) => target)).toEqual(["/v1/chat/completions?a=1", "/v1/chat/completions"]);
  for (const request of upstream.requests) {
    expect(request.header("authorization")).toBeUndefined();
    expect(request.header("x-api-key")).toBeUndefined();
  }
});

test("D5 on compat a plain Authorization is the gateway's token, which no provider sees", async () => {
  const headers = { authorization: `Bearer ${tokens.plain.text}` };
  const body = { model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] };
  const { status, record } = await call("/v1/default/locked/compat/chat/completions", headers, body);
  expect([status, record["tokenId"]]).toEqual([200, "plain"]);
  expect(upstream.requests[0]?.header("authorization")).toBeUndefined();
  const key = { ...headers, authorization: "Bearer sk-fake", "cf-aig-authorization": tokens.plain.text };
  expect((await call("/v1/default/locked/compat/chat/completions", key, body)).status).toBe(200);
  expect(upstream.requests[1]?.header("authorization")).toBe("Bearer sk-fake");
  expect(
    (await call("/v1/default/locked/compat/chat/completions", { authorization: "Bearer sk-fake" }, body)).status,
  ).toBe(401);
});

test("D5 the universal endpoint takes the token of the request, not of a step", async () => {
  const step = { provider: "openai", endpoint: "chat/completions", query: { model: "gpt-4o-mini" } };
  const headers = { "cf-aig-authorization": `Bearer ${tokens.plain.text}` };
  expect((await call("/v1/default/locked", headers, [step])).status).toBe(200);
  expect((await call("/v1/default/locked", {}, [{ ...step, headers }])).status).toBe(401);
});

test("D19 through the development proxy Authorization is the gateway's token", async () => {
  const step = { provider: "openai", endpoint: "chat/completions", query: { model: "gpt-4o-mini" } };
  const forwarded = { "x-forwarded": "https://workers-binding.ai/ai-gateway/universal/run/locked" };
  const path = "/client/v4/accounts/default/ai/run/proxy";
  const headers = { ...forwarded, authorization: `Bearer ${tokens.plain.text}` };
  expect((await call(path, headers, [step])).status).toBe(200);
  expect((await call(path, { ...forwarded, authorization: "Bearer other" }, [step])).status).toBe(401);
});

test("a token bound to models uses no others, however they are named", async () => {
  const headers = { "cf-aig-authorization": tokens.mini.text };
  const status = async (body: unknown, path = locked): Promise<number> => (await call(path, headers, body)).status;
  expect(await status({ model: "gpt-4o-mini-2024" })).toBe(200);
  expect(await status({ model: "gpt-5" })).toBe(200);
  expect(upstream.requests).toHaveLength(2);
  expect(await status({ model: "gpt-4o" })).toBe(403);
  expect(await status({})).toBe(403);
  expect(await status('{"model":"gpt-5","model":"gpt-4o"}')).toBe(403);
  expect(await status('{"model":"gpt-5","mod\\u0065l":"gpt-4o"}')).toBe(403);
  expect(await status('{"model":"gpt-4o","model":"gpt-5"}')).toBe(403);
  expect(await status({ model: "gpt-5", Model: "gpt-4o" })).toBe(403);
  expect(await status({ model: "gpt-5", MODELS: ["gpt-4o"] })).toBe(403);
  expect(await status({ model: "gpt-5", models: ["gpt-4o"] })).toBe(403);
  expect(await status({ model: "gpt-5", models: "gpt-4o" })).toBe(403);
  expect(await status("{")).toBe(403);
  const universal = [
    { provider: "openai", endpoint: "chat/completions", query: { model: "gpt-5" } },
    { provider: "openai", endpoint: "chat/completions", query: { model: "gpt-4o" } },
  ];
  expect(await status(universal, "/v1/default/locked")).toBe(403);
  expect(await status({ model: "openai/gpt-4o", messages: [] }, "/v1/default/locked/compat/chat/completions")).toBe(
    403,
  );
  expect(upstream.requests).toHaveLength(2);
  const { body, record } = await call(locked, headers, { model: "gpt-4o" });
  expect(body).toMatchObject({ internalCode: 9007, message: "This token may not use the model openai/gpt-4o" });
  expect(record).toMatchObject({ errorCode: 9007, tokenId: "mini", cause: "other_model" });
});

test("a large body is read for the model of a token that is bound to models", async () => {
  const headers = { "cf-aig-authorization": tokens.mini.text };
  const large = (model: string): object => ({ messages: ["x".repeat(600_000)], model });
  expect((await call(locked, headers, large("gpt-5"))).status).toBe(200);
  expect((await call(locked, headers, large("gpt-4o"))).status).toBe(403);
});

test("behind a proxy that is believed, a token bound to addresses goes by what the proxy says", async () => {
  const behind = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    gateways: { locked: { authentication: true } },
    network: { trusted_proxies: ["127.0.0.0/8"] },
    objects: [tokens.elsewhere.object],
  });
  const status = async (url: string, forwarded: string): Promise<number> => {
    const headers = {
      "cf-aig-authorization": tokens.elsewhere.text,
      "x-forwarded-for": forwarded,
      "content-type": "application/json",
    };
    return (await fetch(`${url}${locked}`, { method: "POST", headers, body: "{}" })).status;
  };
  try {
    expect(await status(behind.url, "203.0.113.5")).toBe(200);
    expect(await status(behind.url, "203.0.113.5, 198.51.100.1")).toBe(401);
    expect(await status(gateway.url, "203.0.113.5")).toBe(401);
  } finally {
    await behind.stop();
  }
});

test("D4 an unknown provider is 2008, an unknown gateway or account 2001, and every account has a gateway default", async () => {
  const codeOf = async (path: string): Promise<unknown> => {
    const { status, body } = await call(path, { authorization: "Bearer sk-fake" });
    return [status, (body as { internalCode?: number }).internalCode ?? null];
  };
  expect(await codeOf("/v1/default/default/nobody/chat/completions")).toEqual([400, 2008]);
  expect(await codeOf("/v1/default/nowhere/openai/chat/completions")).toEqual([400, 2001]);
  expect(await codeOf("/v1/nobody/default/openai/chat/completions")).toEqual([400, 2001]);
  expect(await codeOf("/v1/other/default/openai/chat/completions")).toEqual([200, null]);
});
