import { afterAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../support/headgate-process.ts";
import { startManagedGateway } from "../support/management-client.ts";

const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => Response.json({ model: "m", choices: [{ message: { content: "a" }, finish_reason: "stop" }] }),
});
afterAll(() => upstream.stop(true));

const yaml = `accounts:
  acme: { gateways: { one: { cache_ttl: 300 }, two: { cache_ttl: 300 } } }
  other: { gateways: { one: { cache_ttl: 300 } } }
providers: { openai: { base_url: "http://127.0.0.1:${upstream.port}/v1" } }
`;

test("what is purged by key, tag, model, gateway, account or as everything is gone at once in every worker, and nothing else", async () => {
  await using gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "2" } });
  const places = ["acme/one", "acme/two", "other/one"];
  const requests: { name: string; place: string; model: string; headers: Record<string, string> }[] = places.flatMap(
    (place) => [
      { name: `${place} plain`, place, model: "gpt-a", headers: {} },
      { name: `${place} model`, place, model: "gpt-b", headers: {} },
      { name: `${place} tag`, place, model: "gpt-a", headers: { "cf-aig-cache-tag": "docs, v1" } },
      { name: `${place} key`, place, model: "gpt-a", headers: { "cf-aig-cache-key": "greeting" } },
    ],
  );
  const ask = async ({ name, place, model, headers }: (typeof requests)[number]): Promise<string | null> => {
    const answer = await fetch(`${gateway.url}/v1/${place}/openai/chat/completions`, {
      method: "POST",
      // A connection of its own goes to either worker.
      headers: { "content-type": "application/json", connection: "close", ...headers },
      body: JSON.stringify({ model, messages: [], user: name }),
    });
    await answer.text();
    return answer.headers.get("cf-aig-cache-status");
  };
  const fill = async (): Promise<void> => {
    for (const request of requests) await ask(request);
    // By now the memory of each worker has them, too.
    for (let round = 0; round < 6; round += 1) {
      for (const request of requests) expect([request.name, await ask(request)]).toEqual([request.name, "HIT"]);
    }
  };
  const missing = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const request of requests) if ((await ask(request)) === "MISS") found.push(request.name);
    return found;
  };
  const named = (pattern: RegExp): string[] => requests.map(({ name }) => name).filter((name) => pattern.test(name));
  const purges: [object, RegExp][] = [
    [{ account_id: "acme", gateway_id: "one", tag: "v1" }, /^acme\/one tag/],
    [{ account_id: "acme", tag: "docs" }, /^acme\/... tag/],
    [{ account_id: "acme", gateway_id: "two", key: "greeting" }, /^acme\/two key/],
    [{ account_id: "acme", model: "openai/gpt-b" }, /^acme\/... model/],
    [{ account_id: "acme", gateway_id: "one" }, /^acme\/one/],
    [{ account_id: "acme" }, /^acme/],
    [{ everything: true }, /./],
    [{ account_id: "acme", tag: "unknown" }, /^$/],
  ];
  for (const [body, pattern] of purges) {
    await fill();
    const { status, result } = await gateway.ask("POST", "/api/cache/purge", body);
    expect([status, result]).toEqual([200, expect.objectContaining(body)]);
    expect([body, await missing()]).toEqual([body, named(pattern)]);
  }
  const { result: audit } = await gateway.ask("GET", "/api/audit");
  expect(
    audit.filter(({ action }: { action: { type?: string } }) => JSON.stringify(action).includes("purged")),
  ).toHaveLength(purges.length);

  for (const [body, status] of [
    [{}, 400],
    [{ account_id: "acme", key: "a", tag: "b" }, 400],
    [{ everything: true, account_id: "acme" }, 400],
    [{ everything: false }, 400],
    [{ account_id: "acme", colour: "red" }, 400],
    [{ account_id: "nobody" }, 404],
    [{ account_id: "acme", gateway_id: "nothing" }, 404],
  ] as const) {
    expect([body, (await gateway.ask("POST", "/api/cache/purge", body)).status]).toEqual([body, status]);
  }
  await gateway.ask("POST", "/api/cache/purge", { everything: true });
  const files = (): string[] =>
    (readdirSync(join(gateway.headgate.directory, "data", "cache"), { recursive: true }) as string[]).filter((path) =>
      /\w{62}/.test(path),
    );
  await waitFor(
    () => files().length === 0,
    () => files().join(),
  );
}, 60_000);

test("D8 a change of a gateway drops its answers where it says so, and a change of a custom provider always does", async () => {
  await using gateway = await startManagedGateway({
    yaml: `accounts: { acme: { gateways: { fixed: { cache_ttl: 300 } } } }
network: { allow_private: ["127.0.0.1"], allow_http: true }
`,
    environment: { HEADGATE_WORKERS: "0" },
  });
  const gateways = "/accounts/acme/ai-gateway/gateways";
  const settings = {
    cache_invalidate_on_update: true,
    cache_ttl: 300,
    collect_logs: true,
    rate_limiting_interval: 0,
    rate_limiting_limit: 0,
  };
  for (const [id, isDropped] of [
    ["drops", true],
    ["keeps", false],
  ] as const) {
    await gateway.ask("POST", gateways, { id, ...settings, cache_invalidate_on_update: isDropped });
  }
  const base_url = `http://127.0.0.1:${upstream.port}`;
  const made = await gateway.ask("POST", "/accounts/acme/ai-gateway/custom-providers", {
    name: "Own",
    slug: "own",
    base_url,
    enable: true,
  });
  expect(made.status).toBe(200);
  const ask = async (id: string, headers: Record<string, string> = {}): Promise<string | null> => {
    const answer = await fetch(`${gateway.url}/v1/acme/${id}/custom-own/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: '{"model":"m","messages":[]}',
    });
    await answer.text();
    return answer.headers.get("cf-aig-cache-status");
  };
  const key = { "cf-aig-cache-key": "named" };
  const seen = async (): Promise<(string | null)[]> => [
    await ask("drops"),
    await ask("drops", key),
    await ask("keeps"),
    await ask("keeps", key),
  ];
  // Workers look for new settings four times a second.
  await Bun.sleep(600);
  expect([await seen(), await seen()]).toEqual([Array(4).fill("MISS"), Array(4).fill("HIT")]);
  for (const [id, isDropped] of [
    ["drops", true],
    ["keeps", false],
  ] as const) {
    const changed = { ...settings, cache_invalidate_on_update: isDropped, collect_logs: false };
    expect((await gateway.ask("PUT", `${gateways}/${id}`, changed)).status).toBe(200);
  }
  await Bun.sleep(600);
  expect([await seen(), await seen()]).toEqual([["MISS", "MISS", "HIT", "HIT"], Array(4).fill("HIT")]);
  const { id } = made.result as { id: string };
  const patched = await gateway.ask("PATCH", `/accounts/acme/ai-gateway/custom-providers/${id}`, {
    description: "other",
  });
  expect(patched.status).toBe(200);
  await Bun.sleep(600);
  expect([await seen(), await seen()]).toEqual([Array(4).fill("MISS"), Array(4).fill("HIT")]);
}, 30_000);
