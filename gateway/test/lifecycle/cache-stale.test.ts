import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { systemClock } from "../../src/core/clock.ts";
import { waitFor } from "../support/headgate-process.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { startGateway } from "../support/start-gateway.ts";

let calls = 0;
let skewMs = 0;
let respond: () => Response | Promise<Response> = () => new Response();
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    await request.text();
    calls += 1;
    return respond();
  },
});
const json = (text: string) =>
  Response.json({ model: "m", choices: [{ message: { content: text }, finish_reason: "stop" }] });

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway({
    gateways: {
      plain: { cache_ttl: 60 },
      renewing: { cache_ttl: 60, cache_stale_while_revalidate: 30 },
      saving: { cache_ttl: 60, cache_stale_if_error: 600 },
      both: {
        cache_ttl: 60,
        cache_stale_while_revalidate: 30,
        cache_stale_if_error: 600,
        retry_max_attempts: 2,
        retry_delay: 1,
      },
      limited: {
        cache_ttl: 60,
        cache_stale_while_revalidate: 30,
        rate_limiting_limit: 1,
        rate_limiting_interval: 3600,
        rate_limiting_technique: "fixed",
      },
    },
    providers: {
      openai: { base_url: `http://127.0.0.1:${upstream.port}/v1`, dialect: null },
      "custom-nobody": { base_url: "http://127.0.0.1:1", dialect: "openai-chat" },
    },
    clock: { nowMs: () => Date.now() + skewMs, monotonicMs: systemClock.monotonicMs },
  });
});
beforeEach(() => {
  calls = 0;
  respond = () => json(`answer ${calls}`);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

let counter = 0;
const fresh = () => JSON.stringify({ model: "m", messages: [], seed: (counter += 1) });
async function ask(place: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${gateway.url}/v1/default/${place}/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk", ...headers },
    body,
  });
  const told = (name: string) => answer.headers.get(name);
  return {
    code: answer.status,
    status: told("cf-aig-cache-status"),
    stale: told("cf-aig-cache-stale"),
    age: Number(told("cf-aig-cache-age")),
    text: await answer.text(),
  };
}

test("an answer beyond its lifetime is served while one request gets a new one", async () => {
  const body = fresh();
  const first = await ask("renewing", body);
  skewMs += 70_000;
  let release = (): void => {};
  respond = () => new Promise((resolve) => (release = () => resolve(json("new"))));
  const stale = await Promise.all([0, 1, 2, 3].map(() => ask("renewing", body)));
  for (const each of stale) expect(each).toMatchObject({ status: "HIT", stale: "revalidate", text: first.text });
  expect(stale[0]?.age).toBeGreaterThanOrEqual(70);
  await waitFor(
    () => calls === 2,
    () => `${calls} calls`,
  );
  release();
  await waitFor(
    () => gateway.records().filter(({ cacheStatus }) => cacheStatus === "MISS").length === 2,
    () => "no record",
  );
  const renewed = await ask("renewing", body);
  expect(renewed).toMatchObject({ status: "HIT", stale: null, text: expect.stringContaining("new") });
  expect(renewed.age).toBeLessThan(60);
  expect(calls).toBe(2);
  // Beyond both it is gone.
  skewMs += 91_000;
  respond = () => json("newest");
  expect((await ask("renewing", body)).status).toBe("MISS");
});

test("an answer beyond its lifetime is served when the provider fails, and only then", async () => {
  for (const code of [500, 503, 429]) {
    const body = fresh();
    calls = 0;
    respond = () => json("good");
    const first = await ask("saving", body);
    skewMs += 100_000;
    respond = () => Response.json({ error: { message: "no" } }, { status: code });
    const saved = await ask("saving", body);
    expect([code, saved]).toMatchObject([code, { code: 200, status: "HIT", stale: "error", text: first.text }]);
    expect(calls).toBe(2);
    const records = gateway.records().slice(-2);
    expect(records.map(({ outcome, cacheStatus, statusCode }) => [outcome, cacheStatus, statusCode])).toEqual([
      ["superseded", "MISS", code],
      ["complete", "HIT", 200],
    ]);
    respond = () => json("better");
    expect(await ask("saving", body)).toMatchObject({ status: "MISS", text: expect.stringContaining("better") });
    expect(await ask("saving", body)).toMatchObject({ status: "HIT", stale: null });
  }
  const body = fresh();
  respond = () => json("good");
  await ask("saving", body);
  skewMs += 100_000;
  respond = () => Response.json({ error: { message: "wrong" } }, { status: 400 });
  expect(await ask("saving", body)).toMatchObject({ code: 400, status: "MISS" });
  skewMs += 600_000;
  respond = () => Response.json({ error: { message: "no" } }, { status: 503 });
  expect(await ask("saving", body)).toMatchObject({ code: 503, status: "MISS" });
});

test("a request says it for itself, and whoever says nothing gets nothing stale", async () => {
  const body = fresh();
  const headers = { "cf-aig-cache-stale-if-error": "600", "cf-aig-cache-stale-while-revalidate": "0" };
  await ask("plain", body, headers);
  skewMs += 100_000;
  respond = () => new Response("busy", { status: 503 });
  expect((await ask("plain", body)).code).toBe(503);
  expect(await ask("plain", body, headers)).toMatchObject({ code: 200, stale: "error" });
  for (const name of Object.keys(headers)) {
    const refused = await ask("plain", body, { [name]: "2592001" });
    expect([refused.code, refused.text.includes(name)]).toEqual([400, true]);
  }
});

test("those who wait for a failing provider are served the older answer, too", async () => {
  const body = fresh();
  await ask("both", body);
  skewMs += 100_000;
  calls = 0;
  respond = () => Bun.sleep(50).then(() => new Response("busy", { status: 503 }));
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask("both", body)));
  expect(answers.map(({ code, stale }) => [code, stale])).toEqual(answers.map(() => [200, "error"]));
  // Two tries of the first, two of the one that tries once more.
  expect(calls).toBeLessThanOrEqual(4);
});

test("renewing in the background is limited as any request, and its refusal harms nobody", async () => {
  const body = fresh();
  await ask("limited", body);
  skewMs += 70_000;
  expect(await ask("limited", body)).toMatchObject({ code: 200, stale: "revalidate" });
  await waitFor(
    () => gateway.records().some(({ errorCode }) => errorCode === 2003),
    () => "no refusal",
  );
  expect(await ask("limited", body)).toMatchObject({ code: 200, stale: "revalidate" });
  expect(calls).toBe(1);
});
