import { afterEach, describe, expect, test } from "bun:test";
import { makeCertificate } from "../../test/support/make-certificate.ts";
import { systemClock } from "../core/clock.ts";
import { createGuardedFetch, type GuardedFetchOptions, type PlainFetchInit } from "./guarded-fetch.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function guarded(options: Partial<GuardedFetchOptions> = {}) {
  const made = createGuardedFetch({
    network: { allow_private: ["127.0.0.1"], allow_http: true },
    clock: systemClock,
    ...options,
  });
  closers.push(() => made.close());
  return made.fetch;
}

function server(answer: (request: Request) => Response | Promise<Response>, tls?: { key: string; cert: string }) {
  const started = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer, ...(tls === undefined ? {} : { tls }) });
  closers.push(() => started.stop(true));
  return started;
}

const init = (changes: Partial<PlainFetchInit> = {}): PlainFetchInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: new TextEncoder().encode('{"a":1}'),
  signal: AbortSignal.timeout(3000),
  ...changes,
});

test("sends what fetch sends and answers as it does", async () => {
  const upstream = server(async (request) => {
    const { host, "content-type": type, "x-own": own } = Object.fromEntries(request.headers);
    return Response.json(
      { host, type, own, body: await request.text(), path: new URL(request.url).search },
      { status: 418 },
    );
  });
  const headers = {
    "content-type": "text/plain",
    "X-Own": "1",
    "transfer-encoding": "chunked",
    host: "elsewhere.example.com",
  };
  const answer = await guarded()(`http://127.0.0.1:${upstream.port}/v1/traces?x=1`, init({ headers }));
  expect([answer.status, answer.ok]).toEqual([418, false]);
  expect(await answer.json()).toEqual({
    host: `127.0.0.1:${upstream.port}`,
    type: "text/plain",
    own: "1",
    body: '{"a":1}',
    path: "?x=1",
  });
});

test("an answer without a body, and one that is too long to be read", async () => {
  const empty = server(() => new Response(null, { status: 204 }));
  const answer = await guarded()(`http://127.0.0.1:${empty.port}/`, init());
  expect([answer.status, await answer.text()]).toEqual([204, ""]);
  const long = server(() => new Response("x".repeat(3_000_000)));
  const cut = await guarded()(`http://127.0.0.1:${long.port}/`, init());
  expect([cut.status, await cut.text()]).toEqual([200, ""]);
});

describe("refused", () => {
  test.each([
    ["http://127.0.0.2:1/", "loopback"],
    ["http://[::1]:1/", "loopback"],
    ["https://169.254.169.254/latest/meta-data", "cloud metadata"],
    ["http://localhost:1/", "local network"],
    ["https://inside.example.com/", "the name leads to a private address"],
  ])("%s", async (url, words) => {
    const fetching = guarded({ resolveName: async () => ["10.0.0.1"] })(url, init());
    const failure = await fetching.then(
      () => null,
      (error: unknown) => error as UpstreamFailure,
    );
    expect(failure).toBeInstanceOf(UpstreamFailure);
    expect([failure?.reason, failure?.message]).toEqual(["address_not_allowed", expect.stringContaining(words)]);
  });

  test("a name that changes its mind between two requests", async () => {
    const upstream = server(() => new Response(null, { status: 200, headers: { connection: "close" } }));
    const answers = [["127.0.0.1"], ["127.0.0.2"]];
    const fetching = guarded({ resolveName: async () => answers.shift() as string[] });
    const url = `http://collector.example.com:${upstream.port}/`;
    expect((await fetching(url, init())).status).toBe(200);
    expect(await fetching(url, init()).catch((error: UpstreamFailure) => error.reason)).toBe("address_not_allowed");
  });

  test("a redirect is an answer", async () => {
    const hits: string[] = [];
    const hidden = server((request) => (hits.push(request.url), new Response("secret")));
    const upstream = server(() => Response.redirect(`http://127.0.0.1:${hidden.port}/`, 307));
    expect((await guarded()(`http://127.0.0.1:${upstream.port}/`, init())).status).toBe(307);
    expect(hits).toEqual([]);
  });

  test("header values that would begin another line", async () => {
    const headers = { "x-own": "1\r\nhost: evil" };
    expect(await guarded()("http://127.0.0.1:1/", init({ headers })).catch((error: Error) => error.name)).toBe(
      "TypeError",
    );
  });
});

test("certificate and server name stay those of the name", async () => {
  const certificate = makeCertificate({ hosts: ["collector.example.com"] });
  const upstream = server(() => new Response("ok"), certificate);
  const fetching = guarded({ extraAuthorities: certificate.cert, resolveName: async () => ["127.0.0.1"] });
  expect((await fetching(`https://collector.example.com:${upstream.port}/`, init())).status).toBe(200);
  const other = await fetching(`https://other.example.com:${upstream.port}/`, init()).catch(
    (error: UpstreamFailure) => error.reason,
  );
  expect(other).toBe("certificate_rejected");
});

test("the signal ends it, whatever it waits for, and its reason is what is told", async () => {
  const upstream = server(() => new Promise<Response>(() => {}));
  for (const [url, resolveName] of [
    [`http://127.0.0.1:${upstream.port}/`, undefined],
    ["http://slow.example.com/", () => new Promise<readonly string[]>(() => {})],
  ] as const) {
    const fetching = guarded(resolveName === undefined ? {} : { resolveName });
    const name = await fetching(url, init({ signal: AbortSignal.timeout(50) })).catch((error: Error) => error.name);
    expect(name).toBe("TimeoutError");
  }
  expect(
    await guarded()("http://127.0.0.1:1/", init({ signal: AbortSignal.abort() })).catch((error: Error) => error.name),
  ).toBe("AbortError");
});
