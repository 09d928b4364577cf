import { describe, expect, test } from "bun:test";
import { eachKeyedGateway, errorOf, type TestKey } from "../support/keyed-gateway.ts";

const keyed = eachKeyedGateway();
const openai = "/openai/chat/completions";

describe("pools", () => {
  const pool = (...names: string[]): TestKey[] =>
    names.map((name) => ({ provider: "openai", reference: keyed().stored(name) }));

  test.each([401, 402, 403, 429])(
    "after %d the next key is taken, in a record of its own, not counted as a try",
    async (status) => {
      await keyed().start(pool("bad", "good"));
      keyed().answers = ({ key }) => (key === "bad" ? new Response("no", { status }) : null);
      for (let count = 0; count < 20; count += 1) {
        const response = await keyed().ask(openai);
        expect([response.status, response.headers.get("cf-aig-step")]).toEqual([200, "0"]);
      }
      const records = keyed().records();
      const superseded = records.filter(({ outcome }) => outcome === "superseded");
      expect(superseded.map(({ statusCode, attempt }) => [statusCode, attempt])).toEqual([[status, 1]]);
      expect(records).toHaveLength(21);
      const [first, second] = [records.indexOf(superseded[0] as never), records.indexOf(superseded[0] as never) + 1];
      expect(records[second]).toMatchObject({
        attempt: 2,
        statusCode: 200,
        eventId: records[first]?.eventId as string,
      });
      // It rests: only the first request met it.
      expect(keyed().seen.filter(({ key }) => key === "bad")).toHaveLength(1);
    },
  );

  test("a key that rested comes back, after Retry-After where the provider says", async () => {
    await keyed().start(pool("limited", "good"));
    keyed().answers = ({ key }) =>
      key === "limited" && keyed().skewMs === 0
        ? new Response("", { status: 429, headers: { "retry-after": "1800" } })
        : null;
    while (!keyed().seen.some(({ key }) => key === "limited")) await keyed().ask(openai);
    keyed().seen.length = 0;
    keyed().skewMs = 1790_000;
    for (let count = 0; count < 30; count += 1) await keyed().ask(openai);
    expect(new Set(keyed().seen.map(({ key }) => key))).toEqual(new Set(["good"]));
    keyed().skewMs = 1801_000;
    for (let count = 0; count < 60; count += 1) await keyed().ask(openai);
    expect(new Set(keyed().seen.map(({ key }) => key))).toEqual(new Set(["good", "limited"]));
  });

  test("when every key failed the last answer is the client's; when all rest, one is asked again", async () => {
    await keyed().start(pool("one", "two", "three"));
    keyed().answers = ({ key }) => Response.json({ error: key }, { status: 429 });
    const first = await keyed().ask(openai);
    expect(first.status).toBe(429);
    expect(((await first.json()) as { error: string }).error).toBe(keyed().seen.at(-1)?.key as string);
    expect(new Set(keyed().seen.map(({ key }) => key)).size).toBe(3);
    await keyed().ask(openai);
    expect(keyed().seen).toHaveLength(4);
    expect(keyed().seen[3]?.key).toBe(keyed().seen[0]?.key as string);
  });

  test("other failures are tried again as always, and rotation takes none of those tries away", async () => {
    await keyed().start(pool("one", "two"), { retry_max_attempts: 3, retry_delay: 0 });
    let failures = 0;
    keyed().answers = ({ key }) => {
      if (keyed().seen.length === 1) return new Response("", { status: 401 });
      failures += 1;
      return failures < 3 ? new Response("", { status: 503 }) : Response.json({ key });
    };
    expect((await keyed().ask(openai)).status).toBe(200);
    expect(
      keyed()
        .records()
        .map(({ attempt, statusCode }) => [attempt, statusCode]),
    ).toEqual([
      [1, 401],
      [2, 503],
      [3, 503],
      [4, 200],
    ]);
  });

  test("a key whose secret is gone gives way to the next", async () => {
    await keyed().start([...pool("good"), { provider: "openai", reference: `file:${keyed().directory}/missing` }]);
    for (let count = 0; count < 20; count += 1) expect((await keyed().ask(openai)).status).toBe(200);
    expect(
      keyed()
        .records()
        .filter(({ errorCode }) => errorCode === 9011),
    ).toHaveLength(1);
  });

  test("weights share the requests", async () => {
    await keyed().start([
      { provider: "openai", weight: 9, reference: keyed().stored("heavy") },
      { provider: "openai", weight: 1, reference: keyed().stored("light") },
    ]);
    for (let count = 0; count < 200; count += 1) await keyed().ask(openai);
    expect(keyed().seen.filter(({ key }) => key === "heavy").length).toBeWithin(150, 200);
  });

  test("R22 what stays with the credential that made it keeps to one key, in every worker", async () => {
    await keyed().start(pool("one", "two", "three", "four"));
    const keysFor = async (send: (count: number) => Promise<Response>): Promise<Set<string | null>> => {
      keyed().seen.length = 0;
      for (let count = 0; count < 24; count += 1) await send(count);
      return new Set(keyed().seen.map(({ key }) => key));
    };
    expect((await keysFor(() => keyed().ask(openai))).size).toBe(4);
    expect((await keysFor(() => keyed().ask("/openai/responses", {}, { model: "m", store: false }))).size).toBe(4);
    const home = await keysFor(() => keyed().ask("/openai/responses", {}, { model: "m", previous_response_id: "r" }));
    expect(home.size).toBe(1);
    expect(await keysFor(() => keyed().ask("/openai/files"))).toEqual(home);
    const session = (name: string) => keyed().ask("/openai/responses", { "x-session-affinity": name });
    expect((await keysFor(() => session("s1"))).size).toBe(1);
    expect((await keysFor((count) => session(`s${count}`))).size).toBeGreaterThan(1);
  });

  test("a body that streams is sent once, with the answer it got", async () => {
    await keyed().start(pool("one", "two"));
    keyed().answers = () => new Response("no", { status: 401 });
    const response = await keyed().ask(openai, {}, { x: "y".repeat(1_000_000) });
    expect([response.status, keyed().seen.length]).toEqual([401, 1]);
  });
});

describe("rate limits of keys", () => {
  const limited = (name: string, requests: number, changes: Partial<TestKey> = {}): TestKey => ({
    provider: "openai",
    reference: keyed().stored(name),
    rateLimit: { requests, seconds: 60 },
    ...changes,
  });
  const uses = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { key } of keyed().seen) counts[key ?? ""] = (counts[key ?? ""] ?? 0) + 1;
    return counts;
  };

  test("a key that is used up is passed over, in any span of its period", async () => {
    await keyed().start([limited("few", 3, { weight: 1000 }), limited("many", 20)]);
    for (let count = 0; count < 20; count += 1) expect((await keyed().ask(openai)).status).toBe(200);
    expect(uses()).toEqual({ few: 3, many: 17 });
    expect(keyed().records()).toHaveLength(20);
  });

  test("when all are used up the client is refused with 2003, the key's name and the time until one is free", async () => {
    await keyed().start([limited("one", 2), limited("two", 1)]);
    for (let count = 0; count < 3; count += 1) expect((await keyed().ask(openai)).status).toBe(200);
    const refused = await keyed().ask(openai);
    const wait = Number(refused.headers.get("retry-after"));
    expect([refused.status, wait > 50 && wait <= 61]).toEqual([429, true]);
    const body = (await refused.json()) as { internalCode: number; details: Record<string, unknown> };
    expect(body).toMatchObject({
      internalCode: 2003,
      details: {
        fault: "client",
        explanation: `all 2 stored keys "openai/default" are used up for now; try again in ${wait} s`,
        limit: {
          rule: "openai/default",
          origin: "provider_key",
          metric: "requests",
          window_seconds: 60,
          retry_after_seconds: wait,
        },
      },
    });
    expect(keyed().seen).toHaveLength(3);
    expect(keyed().records().at(-1)).toMatchObject({ outcome: "refused", errorCode: 2003, cause: "key_rate_limit" });
  });

  test("other aliases, and clients with keys of their own, are not held to it", async () => {
    await keyed().start([limited("one", 1), limited("other", 5, { alias: "team" })]);
    expect((await keyed().ask(openai)).status).toBe(200);
    expect((await keyed().ask(openai)).status).toBe(429);
    expect((await keyed().ask(openai, { "cf-aig-byok-alias": "team" })).status).toBe(200);
    expect((await keyed().ask(openai, { authorization: "Bearer sk-own" })).status).toBe(200);
  });

  test("a step whose key is used up gives way to the next, and the answer tells no wait", async () => {
    await keyed().start([limited("one", 1), { provider: "anthropic", reference: keyed().stored("spare") }]);
    await keyed().ask(openai);
    const step = (provider: string, endpoint: string) => ({ provider, endpoint, headers: {}, query: { model: "m" } });
    const both = await keyed().ask("", {}, [step("openai", "chat/completions"), step("anthropic", "v1/messages")]);
    expect([both.status, both.headers.get("cf-aig-step"), both.headers.get("retry-after")]).toEqual([200, "1", null]);
    expect(keyed().seen.map(({ key }) => key)).toEqual(["one", "spare"]);
  });

  test("where the others are used up the failure of the last key is the client's", async () => {
    await keyed().start([limited("one", 1), limited("two", 1)]);
    keyed().answers = () => Response.json({ error: "no" }, { status: 401 });
    // Both are tried, and both refuse.
    expect((await keyed().ask(openai)).status).toBe(401);
    expect(uses()).toEqual({ one: 1, two: 1 });
    expect((await errorOf(await keyed().ask(openai))).code).toBe(2003);
  });

  test("what was sent to nobody counts in no key", async () => {
    const missing = { reference: `file:${keyed().directory}/missing` };
    await keyed().start([limited("unused", 1, missing)]);
    expect((await errorOf(await keyed().ask(openai))).code).toBe(9011);
    keyed().stored("missing", "found");
    await Bun.sleep(2100);
    expect([(await keyed().ask(openai)).status, (await keyed().ask(openai)).status]).toEqual([200, 429]);
  });
});
