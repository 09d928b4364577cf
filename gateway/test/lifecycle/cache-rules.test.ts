import { afterAll, beforeAll, expect, test } from "bun:test";
import { defaultGatewaySettings, type GatewaySettings } from "../../src/core/gateway-settings.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { startGateway } from "../support/start-gateway.ts";

const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => Response.json({ model: "m", choices: [{ message: { content: "a" }, finish_reason: "stop" }] }),
});
const withRules = (cache_rules: GatewaySettings["cache_rules"], cache_ttl: number | null = null) => ({
  gateways: { default: defaultGatewaySettings, ruled: { ...defaultGatewaySettings, cache_ttl, cache_rules } },
  logpush: [],
  providers: {},
});
let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway({
    accounts: {
      picky: withRules([
        { when: 'headers["x-live"] == "yes"', skip: true },
        { when: "body.temperature == 0", ttl: 60, ignore_body: ["user", "metadata"], include_metadata: ["tenant"] },
      ]),
      form: withRules([{ canonical: true, ignore_headers: ["X-Session"] }], 300),
      tenant: withRules([{ scope: "tenant" }], 300),
      shared: withRules([{ scope: "shared" }], 300),
      also: withRules([{ scope: "shared" }], 300),
      alone: withRules(null, 300),
      victim: withRules([{ scope: "shared", canonical: true }], 300),
      poisoner: withRules([{ scope: "shared", ignore_body: ["instructions"] }], 300),
    },
    providers: { openai: { base_url: `http://127.0.0.1:${upstream.port}/v1`, dialect: null } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

async function ask(
  account: string,
  body: object | string,
  headers: Record<string, string> = {},
): Promise<string | null> {
  const answer = await fetch(`${gateway.url}/v1/${account}/ruled/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-one", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  await answer.text();
  return answer.headers.get("cf-aig-cache-status");
}
const other = { authorization: "Bearer sk-two" };

test("a rule says what is cached, and which members, metadata and headers count", async () => {
  const cold = { model: "m", messages: [], temperature: 0 };
  expect([await ask("picky", cold), await ask("picky", { ...cold, user: "ann" })]).toEqual(["MISS", "HIT"]);
  expect(await ask("picky", { user: "bob", ...cold, metadata: { a: 1 } })).toBe("HIT");
  expect(await ask("picky", cold, { "cf-aig-metadata": '{"tenant":"t","noise":1}' })).toBe("MISS");
  expect(await ask("picky", cold, { "cf-aig-metadata": '{"tenant":"t","noise":2}' })).toBe("HIT");
  expect(await ask("picky", cold, { "x-live": "yes" })).toBe("MISS");
  expect(await ask("picky", cold, other)).toBe("MISS");
  const warm = { ...cold, temperature: 0.7 };
  expect([await ask("picky", warm), await ask("picky", warm)]).toEqual(["MISS", "MISS"]);
});

test("bodies may be compared by what they mean, and headers be left out", async () => {
  expect(await ask("form", '{"model":"m","messages":[]}', { "x-session": "1" })).toBe("MISS");
  expect(await ask("form", ' { "messages" : [ ], "model":"m" } ', { "x-session": "2" })).toBe("HIT");
  expect(await ask("form", '{"model":"m","messages":[]}', { "x-other": "2" })).toBe("MISS");
});

test("an answer is shared by credentials of a gateway, or by tenants, only where all of them say so", async () => {
  const body = { model: "m", messages: [], seed: 7 };
  expect([await ask("alone", body), await ask("alone", body, other)]).toEqual(["MISS", "MISS"]);
  expect([await ask("tenant", body), await ask("tenant", body, other)]).toEqual(["MISS", "HIT"]);
  expect([await ask("shared", body), await ask("also", body, other)]).toEqual(["MISS", "HIT"]);
  expect([await ask("alone", body), await ask("alone", body)]).toEqual(["HIT", "HIT"]);
  // What one shares reaches nobody who does not.
  const next = { ...body, seed: 8 };
  expect([await ask("shared", next), await ask("alone", next), await ask("tenant", next)]).toEqual([
    "MISS",
    "MISS",
    "MISS",
  ]);
});

test("nobody puts an answer in others' place that was asked for with more than they see of it", async () => {
  const body = { model: "m", messages: [], seed: 9 };
  expect(await ask("poisoner", { ...body, instructions: "lie" })).toBe("MISS");
  expect(await ask("poisoner", body)).toBe("HIT");
  expect(await ask("victim", body)).toBe("MISS");
});
