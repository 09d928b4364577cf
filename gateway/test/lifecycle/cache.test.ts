import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { defaultGatewaySettings, type GatewaySettings } from "../../src/core/gateway-settings.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { startGateway } from "../support/start-gateway.ts";

const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Say this is a test" }] };
/** What the upstream was asked since the test began; what it answers. */
let asked: string[] = [];
let answer: (body: string) => Response = answerChat;
let skewMs = 0;
let gateway: StartedGateway;
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  maxRequestBodySize: 64 * 1024 * 1024,
  async fetch(request) {
    const body = await request.text();
    asked.push(body);
    return answer(body);
  },
});

function answerChat(): Response {
  return Response.json(
    {
      id: `chatcmpl-${asked.length}`,
      model: "gpt-4o-mini",
      choices: [{ index: 0, message: { role: "assistant", content: `answer ${asked.length}` }, finish_reason: "stop" }],
      usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
    },
    { headers: { "set-cookie": "secret=1", "x-request-id": "first", "openai-version": "2020-10-01" } },
  );
}

const ownAccount = (settings: Partial<GatewaySettings>) => ({
  gateways: { default: defaultGatewaySettings, cached: { ...defaultGatewaySettings, cache_ttl: 300, ...settings } },
  logpush: [],
  providers: {},
});

beforeAll(async () => {
  gateway = await startGateway({
    accounts: { default: ownAccount({}), other: ownAccount({}), short: ownAccount({ cache_ttl: 5 }) },
    providers: {
      openai: { base_url: `http://127.0.0.1:${upstream.port}/v1`, dialect: null },
      "custom-broken": { base_url: "http://127.0.0.1:1", dialect: "openai-chat" },
      "custom-own": { base_url: `http://127.0.0.1:${upstream.port}`, dialect: "openai-chat" },
    },
    clock: { nowMs: () => Date.now() + skewMs, monotonicMs: systemClock.monotonicMs },
  });
});
beforeEach(() => {
  asked = [];
  answer = answerChat;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

interface Ask {
  readonly place?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function ask({
  place = "default/cached",
  path = "openai/chat/completions",
  headers = {},
  body = chat,
}: Ask = {}) {
  const response = await fetch(`${gateway.url}/v1/${place}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-one", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const record = gateway.recordOf(response.headers.get("cf-aig-log-id") ?? "");
  return { response, status: response.headers.get("cf-aig-cache-status"), text, record };
}

let counter = 0;
/** A question nobody asked before. */
const fresh = () => ({ ...chat, seed: (counter += 1) });

describe("D8 cache", () => {
  test("D8 the second of two equal requests is a HIT with the same body, at no cost, and is logged so", async () => {
    const body = fresh();
    const first = await ask({ body });
    const second = await ask({ body });
    expect([first.status, second.status, asked.length]).toEqual(["MISS", "HIT", 1]);
    expect(second.text).toBe(first.text);
    expect(second.response.status).toBe(200);
    const told = (name: string) => second.response.headers.get(name);
    expect(told("content-type")).toStartWith("application/json");
    expect(told("content-length")).toBe(String(second.text.length));
    expect(told("openai-version")).toBe("2020-10-01");
    expect([told("set-cookie"), told("x-request-id")]).toEqual([null, null]);
    expect([told("cf-aig-cost"), told("cf-aig-tokens-in"), told("cf-aig-tokens-out")]).toEqual(["0", "0", "0"]);
    expect(told("cf-aig-cache-age")).toMatch(/^[01]$/);
    expect(told("cf-aig-step")).toBe("0");
    expect(told("cf-aig-log-id")).toBe(told("cf-aig-request-id"));
    const paid = first.record?.cost.nanoUsd as number;
    expect(paid).toBeGreaterThan(0);
    expect(first.record?.cacheStatus).toBe("MISS");
    expect(second.record).toMatchObject({
      cacheStatus: "HIT",
      success: true,
      outcome: "complete",
      statusCode: 200,
      provider: "openai",
      model: "gpt-4o-mini",
      responseSizeBytes: second.text.length,
      timeToFirstByteMs: null,
      cost: { state: "none", nanoUsd: null, priceVersion: null, savedNanoUsd: paid },
    });
  });

  test("D8 one byte more, another credential, path, query, version or coding is a MISS", async () => {
    const body = JSON.stringify(fresh());
    await ask({ body });
    const others: Ask[] = [
      { body: `${body} ` },
      { body: body.replace("this is", "this  is") },
      { headers: { authorization: "Bearer sk-two" } },
      { headers: { authorization: "" } },
      { headers: { "x-api-key": "somebody's" } },
      { headers: { "openai-beta": "assistants=v2" } },
      { headers: { "openai-organization": "org-2" } },
      { headers: { "accept-encoding": "gzip" } },
      { path: "openai/chat/completions?x=1" },
      { path: "custom-own/chat/completions" },
      { headers: { "cf-aig-byok-alias": "second", authorization: "" }, place: "default/cached" },
    ];
    for (const other of others) {
      const { status, response } = await ask({ body, ...other });
      expect([other, status, response.status === 200 || response.status === 400]).toEqual([other, "MISS", true]);
    }
    const same: Ask[] = [
      {},
      {
        headers: { "user-agent": "another/1", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
      },
      { headers: { "cf-aig-metadata": '{"user":"somebody"}', "x-stainless-retry-count": "1" } },
      { path: "openai/v1/chat/completions" },
    ];
    for (const other of same) expect([other, (await ask({ body, ...other })).status]).toEqual([other, "HIT"]);
  });

  test("D8 equal requests of two tenants never share an answer, whatever they say", async () => {
    const body = fresh();
    for (const headers of [{}, { "cf-aig-cache-key": `shared-${counter}` }] as Record<string, string>[]) {
      const answers = new Set<string>();
      for (const place of ["default/cached", "other/cached", "default/default", "other/default"]) {
        const first = await ask({ body, place, headers });
        expect([place, first.status]).toEqual([place, "MISS"]);
        answers.add(first.text);
        const second = await ask({ body, place, headers });
        const isOn = place.endsWith("cached") || headers["cf-aig-cache-key"] !== undefined;
        expect([place, second.status]).toEqual([place, isOn ? "HIT" : "MISS"]);
      }
      expect(answers.size).toBe(4);
    }
  });

  test("D8 an answer lives as long as the gateway or the request says, and at least 60 seconds", async () => {
    const lives = async (given: Ask, seconds: number): Promise<void> => {
      const body = fresh();
      await ask({ ...given, body });
      skewMs += (seconds - 2) * 1000;
      expect((await ask({ ...given, body })).status).toBe("HIT");
      skewMs += 3000;
      expect((await ask({ ...given, body })).status).toBe("MISS");
    };
    await lives({}, 300);
    await lives({ place: "short/cached" }, 60);
    await lives({ headers: { "cf-aig-cache-ttl": "2592000" } }, 2_592_000);
    await lives({ headers: { "cf-cache-ttl": "61" } }, 61);
    await lives({ place: "default/default", headers: { "cf-aig-cache-key": `named-${(counter += 1)}` } }, 300);
    const named = { "cf-aig-cache-key": `named-${(counter += 1)}`, "cf-aig-cache-ttl": "90" };
    await lives({ place: "default/default", headers: named }, 90);
  });

  test("D8 a lifetime, key or switch out of its bounds is refused by name", async () => {
    const faults: [string, string][] = [
      ["cf-aig-cache-ttl", "59"],
      ["cf-aig-cache-ttl", "2592001"],
      ["cf-aig-cache-ttl", "1e3"],
      ["cf-cache-ttl", "-1"],
      ["cf-aig-skip-cache", "yes"],
      ["cf-skip-cache", "1"],
      ["cf-aig-cache-key", "k".repeat(1025)],
      ["cf-aig-cache-tag", "two words"],
      ["cf-aig-cache-tag", ""],
      ["cf-aig-cache-tag", Array.from({ length: 17 }, (_, index) => `t${index}`).join()],
      ["cf-aig-cache-replay", "fast"],
    ];
    for (const [name, value] of faults) {
      const { response, text } = await ask({ headers: { [name]: value } });
      expect([name, response.status]).toEqual([name, 400]);
      expect(text).toContain("7001");
      expect(text).toContain(name);
    }
    expect(asked).toEqual([]);
  });

  test("D8 a lifetime alone does not switch the cache on", async () => {
    const given = { place: "default/default", body: fresh(), headers: { "cf-aig-cache-ttl": "300" } };
    expect([(await ask(given)).status, (await ask(given)).status]).toEqual(["MISS", "MISS"]);
  });

  test("D8 a key of the client's own stands for body, path and credential", async () => {
    const headers = { "cf-aig-cache-key": `own-${(counter += 1)}` };
    const place = "default/default";
    const first = await ask({ place, headers, body: fresh() });
    const second = await ask({ place, headers: { ...headers, authorization: "Bearer sk-two" }, body: fresh() });
    expect([first.status, second.status, second.text]).toEqual(["MISS", "HIT", first.text]);
    // Another provider's answer is not one to this provider's request.
    expect((await ask({ place, headers, path: "custom-own/chat/completions" })).status).toBe("MISS");
  });

  test("D8 skipping asks the provider, and the newer answer takes the older one's place", async () => {
    const body = fresh();
    const first = await ask({ body });
    for (const name of ["cf-aig-skip-cache", "cf-skip-cache"]) {
      const skipped = await ask({ body, headers: { [name]: "true" } });
      expect(skipped.status).toBe("MISS");
      expect(skipped.text).not.toBe(first.text);
      const after = await ask({ body });
      expect([after.status, after.text]).toEqual(["HIT", skipped.text]);
    }
  });

  test("D8 errors, cut answers, errors under status 200 and media are not cached", async () => {
    const event = (text: string) => `data: ${text}\n\n`;
    const answers: (() => Response)[] = [
      () => Response.json({ error: { message: "no" } }, { status: 400 }),
      () => Response.json({ error: { message: "busy" } }, { status: 503 }),
      () => Response.json({ error: { message: "quota" } }),
      () => Response.json({ id: "job" }, { status: 202 }),
      () =>
        new Response(event('{"choices":[{"delta":{"content":"a"}}]}'), {
          headers: { "content-type": "text/event-stream" },
        }),
      () => new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "audio/mpeg" } }),
      () => new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "application/octet-stream" } }),
    ];
    for (const given of answers) {
      answer = given;
      const body = fresh();
      await ask({ body });
      expect([String(given), (await ask({ body })).status]).toEqual([String(given), "MISS"]);
    }
  });

  test("D8 25 MB are cached, one byte more is not", async () => {
    const limitBytes = 25 * 1024 * 1024;
    for (const [sizeBytes, status] of [
      [limitBytes, "HIT"],
      [limitBytes + 1, "MISS"],
    ] as const) {
      for (const hasLength of [true, false]) {
        const image = Buffer.alloc(sizeBytes, 7);
        const headers = { "content-type": "image/png" };
        answer = () =>
          hasLength ? new Response(image, { headers }) : new Response(new Blob([image]).stream(), { headers });
        const body = fresh();
        await ask({ body });
        const second = await ask({ body });
        expect([sizeBytes, hasLength, second.status, second.text.length]).toEqual([
          sizeBytes,
          hasLength,
          status,
          sizeBytes,
        ]);
      }
    }
  });

  test("a stream is replayed at once, or in the rhythm in which it was received", async () => {
    const parts = ["one", "two", "three"].map(
      (text, index) =>
        `data: {"model":"m","choices":[{"delta":{"content":"${text}"},"finish_reason":${index === 2 ? '"stop"' : "null"}}]}\n\n`,
    );
    answer = () =>
      new Response(
        (async function* () {
          for (const part of parts) {
            yield part;
            await Bun.sleep(100);
          }
          yield "data: [DONE]\n\n";
        })(),
        { headers: { "content-type": "text/event-stream" } },
      );
    const body = fresh();
    const first = await ask({ body });
    for (const [replay, leastMs, mostMs] of [
      ["at-once", 0, 150],
      ["paced", 250, 1500],
    ] as const) {
      const startedAtMs = performance.now();
      const replayed = await ask({ body, headers: { "cf-aig-cache-replay": replay } });
      const passedMs = performance.now() - startedAtMs;
      expect([replay, replayed.status, replayed.text]).toEqual([replay, "HIT", first.text]);
      expect(passedMs).toBeGreaterThanOrEqual(leastMs);
      expect(passedMs).toBeLessThan(mostMs);
    }
    expect(first.text).toBe(`${parts.join("")}data: [DONE]\n\n`);
    // Who leaves a slow replay is seen to have left.
    const leaving = new AbortController();
    const url = `${gateway.url}/v1/default/cached/openai/chat/completions`;
    const headers = {
      "content-type": "application/json",
      authorization: "Bearer sk-one",
      "cf-aig-cache-replay": "paced",
    };
    const left = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal: leaving.signal });
    leaving.abort();
    const logId = left.headers.get("cf-aig-log-id") as string;
    for (let tries = 0; gateway.recordOf(logId) === undefined && tries < 100; tries += 1) await Bun.sleep(10);
    expect(gateway.recordOf(logId)).toMatchObject({ outcome: "client_aborted", cacheStatus: "HIT" });
  });

  test("D8 what stays with its maker at the provider is cached only under a key of the client's own", async () => {
    const body = { ...fresh(), previous_response_id: "resp_1" };
    expect([(await ask({ body })).status, (await ask({ body })).status]).toEqual(["MISS", "MISS"]);
    const headers = { "cf-aig-cache-key": `state-${counter}` };
    expect([(await ask({ body, headers })).status, (await ask({ body, headers })).status]).toEqual(["MISS", "HIT"]);
  });

  test("D8 each step of the universal endpoint has its own answer", async () => {
    const query = fresh();
    const step = (provider: string, headers = {}) => ({
      provider,
      endpoint: "chat/completions",
      headers: { authorization: "Bearer sk-one", "content-type": "application/json", ...headers },
      query,
    });
    const steps = [step("custom-broken"), step("openai")];
    const first = await ask({ path: "", body: steps });
    const second = await ask({ path: "", body: steps });
    expect([first.status, second.status, asked.length]).toEqual(["MISS", "HIT", 1]);
    expect(second.response.headers.get("cf-aig-step")).toBe("1");
    expect(second.text).toBe(first.text);
    // The first step is asked each time: an answer of the second must not hide that it is back.
    const broken = gateway.records().filter(({ provider }) => provider === "custom-broken");
    expect(broken).toHaveLength(2);
    const skipping = [step("openai", { "cf-aig-skip-cache": "true" })];
    expect((await ask({ path: "", body: skipping })).status).toBe("MISS");
  });

  test("D8 the compat address shares answers with the provider it leads to", async () => {
    const body = { ...fresh(), model: "openai/gpt-4o-mini" };
    const first = await ask({ path: "compat/chat/completions", body });
    expect((await ask({ path: "compat/chat/completions", body })).status).toBe("HIT");
    const native = await ask({ body: JSON.stringify(body).replace("openai/", "") });
    expect([native.status, native.text]).toEqual(["HIT", first.text]);
  });
});
