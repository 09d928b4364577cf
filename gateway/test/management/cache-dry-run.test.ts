import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChatUpstream, startChatUpstream } from "../support/chat-upstream.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";

const path = "/api/accounts/default/dry-run";
/** What clients send by themselves counts, too. */
const usual = { accept: "*/*", "accept-encoding": "gzip" };
const key = { ...usual, authorization: "Bearer sk-test" };
const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] };

let upstream: ChatUpstream;
let gateway: ManagedGateway;

beforeAll(async () => {
  upstream = startChatUpstream();
  const yaml = `
providers: { openai: { base_url: "${upstream.url}/v1" } }
accounts:
  default:
    gateways:
      default: {}
      plain: { cache_ttl: 300, cache_stale_if_error: 60 }
      ruled:
        cache_rules:
          - { when: "body.temperature > 0.5", skip: true }
          - { when: "provider == 'openai' && metadata.team == 'red'", ttl: 600, ignore_body: [user], include_metadata: [team], scope: tenant }
          - { when: "headers['x-fresh'] == 'yes'", ttl: 60 }
          - { ttl: 120 }
`;
  gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "1" } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const asked = { provider: "openai", path: "chat/completions", headers: key, body: chat };

async function explain(changes: object): Promise<{ status: number; cache: Verdict; errors: readonly unknown[] }> {
  const { status, result, errors } = await gateway.ask("POST", path, { ...asked, ...changes });
  return { status, cache: result?.cache as Verdict, errors };
}

// oxlint-disable-next-line typescript/no-explicit-any
type Verdict = any;

async function send(id: string, headers: Record<string, string> = {}, body: object = chat): Promise<string | null> {
  const response = await fetch(`${gateway.url}/v1/default/${id}/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...key, ...headers },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.headers.get("cf-aig-cache-status");
}

describe("whether an answer is stored", () => {
  test("a miss before the request, a hit after it, and nothing of asking", async () => {
    for (let times = 0; times < 2; times += 1)
      expect((await explain({ gateway: "plain" })).cache).toMatchObject({
        outcome: "miss",
        reason: "the gateway's cache_ttl gives it a lifetime",
        rules: [],
        entry: { ttl_seconds: 300, stale_if_error_seconds: 60, scope: "credential", stored: "none", age_seconds: null },
      });
    expect(await send("plain")).toBe("MISS");
    const { cache } = await explain({ gateway: "plain" });
    expect(cache).toMatchObject({
      outcome: "hit",
      entry: {
        stored: "fresh",
        stored_status: 200,
        custom_key: null,
        parts: {
          provider: "openai",
          method: "POST",
          target: "/v1/chat/completions",
          stored_key: "",
          body: "bytes",
          ignored_body: [],
          form: "json",
        },
      },
    });
    expect(cache.entry.parts.headers).toContain("authorization");
    expect(JSON.stringify(cache)).not.toContain("sk-test");
    expect(cache.entry.age_seconds).toBeWithin(0, 10);
    expect(cache.entry.expires_in_seconds).toBeWithin(280, 301);
    expect(await send("plain")).toBe("HIT");
    const streamed = await explain({ gateway: "plain", body: { ...chat, stream: true } });
    expect(streamed.cache).toMatchObject({ outcome: "hit", entry: { stored_form: "other" } });
    const others = [
      { headers: { ...usual, authorization: "Bearer sk-other" } },
      { body: { ...chat, temperature: 0 } },
      { path: "chat/completions?x=1" },
    ];
    for (const other of others) expect((await explain({ gateway: "plain", ...other })).cache.outcome).toBe("miss");
  });

  test("under a key of the client's own, whatever the body, until it is purged", async () => {
    const named = { headers: { ...key, "cf-aig-cache-key": "river", "cf-aig-cache-ttl": "90" } };
    expect((await explain(named)).cache).toMatchObject({
      outcome: "miss",
      reason: "the request names a cf-aig-cache-key",
      entry: { ttl_seconds: 90, custom_key: "river", parts: null },
    });
    await send("default", named.headers);
    expect((await explain({ ...named, body: "anything" })).cache.outcome).toBe("hit");
    const skipped = { headers: { ...named.headers, "cf-aig-skip-cache": "true" } };
    expect((await explain(skipped)).cache).toMatchObject({ outcome: "refreshed", entry: { stored: "fresh" } });
    await gateway.ask("POST", "/api/cache/purge", { account_id: "default", key: "river" });
    expect((await explain(named)).cache.outcome).toBe("miss");
  });
});

describe("which rule decides, and why not those before it", () => {
  test("the first that holds; of the others the part that is not so, or not there", async () => {
    const { cache } = await explain({ gateway: "ruled", metadata: { team: "blue" } });
    expect(cache.rules).toEqual([
      {
        rule: 1,
        when: "body.temperature > 0.5",
        verdict: "passed_over",
        because: expect.stringContaining("body.temperature > 0.5 asks for what is not there: No such key: temperature"),
      },
      {
        rule: 2,
        when: "provider == 'openai' && metadata.team == 'red'",
        verdict: "passed_over",
        because: "metadata.team == 'red' is not so",
      },
      {
        rule: 3,
        when: "headers['x-fresh'] == 'yes'",
        verdict: "passed_over",
        because: expect.stringContaining("asks for what is not there"),
      },
      { rule: 4, when: null, verdict: "decides", because: null },
    ]);
    expect(cache).toMatchObject({ outcome: "miss", reason: "rule 4 gives it a lifetime", entry: { ttl_seconds: 120 } });
  });

  test("a rule's scope, ignored members and metadata are told, and are those of the workers", async () => {
    const red = { gateway: "ruled", metadata: { team: "red" } };
    const { cache } = await explain(red);
    expect(cache).toMatchObject({
      reason: "rule 2 gives it a lifetime",
      entry: { ttl_seconds: 600, scope: "tenant", parts: { body: "json", ignored_body: ["user"] } },
    });
    expect(cache.rules.map(({ verdict }: Verdict) => verdict)).toEqual([
      "passed_over",
      "decides",
      "not_reached",
      "not_reached",
    ]);
    expect(cache.entry.parts.headers).toContain("metadata.team");
    expect(cache.entry.parts.headers).not.toContain("authorization");
    await send("ruled", { "cf-aig-metadata": '{"team":"red"}' }, { ...chat, user: "ada" });
    const other = { ...red, body: { user: "bob", ...chat }, headers: { ...usual, authorization: "Bearer sk-other" } };
    expect((await explain(other)).cache).toMatchObject({ outcome: "hit", entry: { key: cache.entry.key } });
  });

  test("a rule that skips, a gateway without cache, GET, and state at the provider are not cached", async () => {
    const hot = await explain({ gateway: "ruled", body: { ...chat, temperature: 1 } });
    expect(hot.cache).toMatchObject({ outcome: "not_cached", reason: "rule 1 says skip", entry: null });
    const off = await explain({ headers: { ...key, "cf-aig-cache-ttl": "90" } });
    expect(off.cache).toMatchObject({
      outcome: "not_cached",
      reason:
        "the gateway's cache_ttl is 0, no rule holds, and the request names no cf-aig-cache-key; cf-aig-cache-ttl alone turns no cache on",
    });
    expect((await explain({ gateway: "plain", method: "GET" })).cache.reason).toBe("only POST is cached, this is GET");
    const kept = await explain({ gateway: "plain", path: "responses", body: { model: "gpt-5", input: "hi" } });
    expect(kept.cache).toMatchObject({ outcome: "not_cached", reason: expect.stringContaining("its maker alone") });
    expect((await explain({ provider: "" })).cache).toBeNull();
  });
});

describe("bad input", () => {
  test("a request that the gateway would refuse is told as that", async () => {
    const short = await explain({ gateway: "plain", headers: { ...key, "cf-aig-cache-ttl": "5" } });
    expect(short.cache).toMatchObject({
      outcome: "refused",
      fault: { code: 7001, path: "cf-aig-cache-ttl" },
      reason: expect.stringContaining("from 60 to 2592000"),
    });
    expect((await explain({ provider: "nobody" })).cache).toMatchObject({ outcome: "refused", fault: { code: 2008 } });
  });

  test.each([
    ["headers.x y", { headers: { "x y": "1" } }],
    ["headers.x", { headers: { x: "a\nb" } }],
    ["headers.x", { headers: { x: 1 } }],
    ["path", { path: "a b" }],
    ["method", { method: "po st" }],
    ["body", { body: 5 }],
    ["colour", { colour: "red" }],
  ])("%s", async (place, changes) => {
    const { status, errors } = await explain(changes);
    expect([status, (errors[0] as { path?: string[] }).path?.join(".")]).toEqual([400, `body.${place}`]);
  });

  test("there is no such gateway", async () => {
    expect((await explain({ gateway: "nope" })).status).toBe(404);
  });
});
