import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

const account = { account_id: "default" };
const yaml = "network: { allow_private: [127.0.0.1], allow_http: true }\n";
const answer = {
  id: "c1",
  object: "chat.completion",
  model: "llama-4",
  choices: [{ index: 0, message: { role: "assistant", content: "The Rhine." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
};

const seen: { readonly path: string; readonly authorization: string | null }[] = [];
let upstream: Bun.Server<undefined>;
let gateway: ManagedGateway;
beforeAll(async () => {
  upstream = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url, headers }) {
      seen.push({ path: new URL(url).pathname, authorization: headers.get("authorization") });
      return Response.json(answer);
    },
  });
  gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "2" } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream.stop(true);
});

const question = JSON.stringify({ model: "llama-4", messages: [{ role: "user", content: "Name a river." }] });

function chat(path: string, headers: object = {}): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    body: question,
    headers: { "content-type": "application/json", connection: "close", ...headers },
  });
}

/** Asks on new connections, so that every worker gets its turn, until all answers are as expected; fails after three seconds, which leaves room for a busy machine. */
async function soon(ask: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 3000;
  for (;;) {
    const asked = await Promise.all(Array.from({ length: 8 }, ask));
    if (asked.every(Boolean)) return;
    if (performance.now() > deadlineMs) throw new Error("not every worker knows by now");
    await Bun.sleep(20);
  }
}

test("a provider, its key, a gateway and a domain made through the API serve requests soon after; so does every change", async () => {
  const { aiGateway } = gateway.client;
  const base_url = `http://127.0.0.1:${upstream.port}/v1`;
  const provider = await aiGateway.customProviders.create({
    ...account,
    name: "Lab",
    slug: "lab",
    base_url,
    enable: true,
  });
  await aiGateway.create({
    ...account,
    id: "made",
    cache_invalidate_on_update: true,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  });
  const gateways = "/accounts/default/ai-gateway/gateways";
  const key = await aiGateway.providerConfigs.create("made", {
    ...account,
    provider_slug: "custom-lab",
    alias: "default",
    default_config: true,
    secret: "key-one-of-the-laboratory",
  });
  await gateway.ask("POST", `${gateways}/made/custom-domains`, { domain: "ai.lab.example" });
  const path = await aiGateway.urls.get("custom-lab", { ...account, gateway_id: "made" });
  const onGateway = { path: `${new URL(path).pathname}/chat/completions`, headers: {} };
  const onDomain = { path: "/custom-lab/chat/completions", headers: { host: "ai.lab.example" } };
  const isSentWith =
    (authorization: string | null, { path: to, headers } = onGateway) =>
    async (): Promise<boolean> => {
      const before = seen.length;
      await chat(to, headers);
      const own = seen.slice(before);
      return own.length > 0 && own.every((each) => each.authorization === authorization);
    };
  const refusedWith = (code: number) => async (): Promise<boolean> => {
    const refusal = await (await chat(onGateway.path)).text();
    return refusal.includes(`"code":${code}`);
  };
  await soon(async () => (await chat(onGateway.path)).status === 200);
  await soon(isSentWith("Bearer key-one-of-the-laboratory"));
  await soon(isSentWith("Bearer key-one-of-the-laboratory", onDomain));

  await gateway.ask("PUT", `${gateways}/made/provider_configs/${key.id}`, { secret: "key-two-of-the-laboratory" });
  await soon(isSentWith("Bearer key-two-of-the-laboratory"));
  await gateway.ask("DELETE", `${gateways}/made/custom-domains/ai.lab.example`);
  // The path alone is one of the gateway default, which has no key.
  await soon(isSentWith(null, onDomain));
  await aiGateway.customProviders.delete(provider.id, account);
  await soon(refusedWith(2008));
  await aiGateway.delete("made", account);
  await soon(refusedWith(2001));
});

test("the logs of requests are listed, read raw, rated and deleted by the vendor's own SDK", async () => {
  const { aiGateway } = gateway.client;
  const base_url = `http://127.0.0.1:${upstream.port}/v1`;
  await aiGateway.customProviders.create({ ...account, name: "Logged", slug: "logged", base_url, enable: true });
  await soon(async () => (await chat("/v1/default/default/custom-logged/chat/completions")).status === 200);
  const filters = [
    { key: "provider" as const, operator: "eq" as const, value: ["custom-logged"] },
    { key: "success" as const, operator: "eq" as const, value: [true] },
  ];
  const listed = () => allOf(aiGateway.logs.list("default", { ...account, filters }));
  const deadlineMs = performance.now() + 5000;
  while ((await listed()).length === 0 && performance.now() < deadlineMs) await Bun.sleep(50);
  const [log] = await listed();
  expect(log).toMatchObject({ provider: "custom-logged", tokens_in: 5, tokens_out: 3, status_code: 200 });
  const one = { ...account, gateway_id: "default" };
  const id = log?.id as string;
  await aiGateway.logs.edit(id, { ...one, feedback: 1, score: 90 });
  expect((await aiGateway.logs.get(id, one)) as object).toMatchObject({ id, feedback: 1, score: 90 });
  expect(await aiGateway.logs.request(id, one)).toEqual(JSON.parse(question));
  expect(await aiGateway.logs.response(id, one)).toEqual(answer);
  expect(await aiGateway.logs.delete("default", { ...account, filters })).toMatchObject({ success: true });
  expect(await thrownBy(aiGateway.logs.get(id, one))).toBeInstanceOf(Cloudflare.NotFoundError);
});
