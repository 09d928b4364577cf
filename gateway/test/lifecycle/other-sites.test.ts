import { expect, test } from "bun:test";
import { chatBody, errorOf, eachKeyedGateway } from "../support/keyed-gateway.ts";

const keyed = eachKeyedGateway();
const openai = "/openai/chat/completions";

/** What a browser says of a page that asks; `host` is what it was sent to. */
const elsewhere: Readonly<Record<string, Record<string, string>>> = {
  "a page of another site": { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
  "a page of another site, without a word of its origin": { "sec-fetch-site": "cross-site" },
  "a page in an older browser": { origin: "https://evil.example" },
  "a page of no origin": { origin: "null" },
  "a page whose name was made to lead here": { host: "evil.example:8787", origin: "http://evil.example:8787" },
  "a page whose name was made to lead here, reading": { host: "evil.example" },
  "a page whose name was made to lead here, posing as a proxy": {
    host: "evil.example",
    "x-forwarded-for": "192.0.2.1",
  },
};

const here: Readonly<Record<string, Record<string, string>>> = {
  "a program": {},
  "a page of this machine": { "sec-fetch-site": "same-site", origin: "http://localhost:3000" },
  "a page of this machine in an older browser": { origin: "http://localhost:3000" },
  "somebody who typed the address": { "sec-fetch-site": "none" },
  "a container": { host: "host.docker.internal:8787" },
  "a service by its short name": { host: "headgate:8787" },
};

test.each(Object.keys(elsewhere))("%s gets no stored key of an open gateway", async (name) => {
  await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }]);
  const headers = elsewhere[name] as Record<string, string>;
  const { status, code, message } = await errorOf(await keyed().ask(openai, headers));
  expect([status, code]).toEqual([401, 2009]);
  expect(message).toContain("pages of other sites may not use the stored keys");
  expect(keyed().seen).toHaveLength(0);
  expect((await keyed().ask(openai, { ...headers, authorization: "Bearer own" })).status).toBe(200);
  expect(keyed().seen.map(({ key }) => key)).toEqual(["own"]);
});

test.each(Object.keys(here))("%s gets the stored key", async (name) => {
  await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }]);
  expect((await keyed().ask(openai, here[name])).status).toBe(200);
  expect(keyed().seen.map(({ key }) => key)).toEqual(["key-1"]);
});

test("a page of another site gets none over the universal socket, which no browser holds back", async () => {
  await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }]);
  const socket = new WebSocket(keyed().url.replace("http", "ws"), { headers: { origin: "https://evil.example" } });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const answered = new Promise<string>((resolve) =>
    socket.addEventListener("message", ({ data }) => resolve(String(data))),
  );
  const request = { eventId: "1", provider: "openai", endpoint: "chat/completions", headers: {}, query: chatBody };
  socket.send(JSON.stringify({ type: "universal.create", request }));
  expect(await answered).toContain("pages of other sites");
  expect(keyed().seen).toHaveLength(0);
  socket.close();
});

test("what a browser shows of a provider may run nothing and see nothing of this host", async () => {
  await keyed().start([]);
  keyed().answers = () =>
    new Response("<script>fetch('/api/session')</script>", {
      headers: { "content-type": "text/html" },
    });
  const own = { authorization: "Bearer own" };
  for (const destination of ["document", "iframe", "object"]) {
    const { headers } = await keyed().ask(openai, { ...own, "sec-fetch-dest": destination });
    expect(headers.get("content-security-policy")).toBe("sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
  const plain = { ...own, accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  expect((await keyed().ask(openai, plain)).headers.get("content-security-policy")).toBe("sandbox");
  for (const fields of [own, { ...own, "sec-fetch-dest": "empty" }]) {
    expect((await keyed().ask(openai, fields)).headers.has("content-security-policy")).toBe(false);
  }
});
