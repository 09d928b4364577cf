import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { OidcSettings } from "../../src/core/sign-in-settings.ts";
import { type Browser, type BrowserAnswer, startIdentityFixture } from "../support/identity-fixture.ts";
import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";

setDefaultTimeout(30_000);

const start = "/api/session/oidc/start";
type Fixture = Awaited<ReturnType<typeof startIdentityFixture>>;
let provider: IdentityProvider;
let fixture: Fixture;

function settings(changes: Partial<OidcSettings> = {}): OidcSettings {
  return {
    name: "House",
    issuer: provider.issuer,
    client_id: provider.clientId,
    client_secret: "env:TEST_OIDC_SECRET",
    scopes: ["openid", "email", "profile"],
    groups_claim: "groups",
    roles: { platform: { "*": "admin" }, readers: { acme: "viewer" }, makers: { acme: "developer", other: "viewer" } },
    allowed_domains: ["acme.example"],
    require_verified_email: true,
    ...changes,
  };
}

beforeAll(async () => {
  provider = await startIdentityProvider("http://localhost:8787/api/session/oidc/callback");
  process.env["TEST_OIDC_SECRET"] = provider.clientSecret;
  fixture = await startIdentityFixture({ oidc: settings(), startMs: Date.now() });
});
afterAll(async () => {
  fixture[Symbol.dispose]();
  await provider.stop();
  delete process.env["TEST_OIDC_SECRET"];
});

function know(subject: string, groups: readonly string[], more: object = {}): void {
  const email = `${subject}@acme.example`;
  provider.people.set(subject, { email, email_verified: true, name: subject.toUpperCase(), groups, ...more });
}

/** Path and query of the way back, for a browser that went to the provider and signed in there as `subject`. */
async function goThere(browser: Browser, subject: string, from = start): Promise<string> {
  const { status, headers } = await browser.ask(from);
  expect(status).toBe(302);
  const back = await provider.signIn(headers.get("location") as string, subject);
  expect(back.origin + back.pathname).toBe("http://localhost:8787/api/session/oidc/callback");
  return back.pathname + back.search;
}

async function signIn(
  subject: string,
  browser = fixture.browser(),
): Promise<{ browser: Browser; answer: BrowserAnswer }> {
  const answer = await browser.ask(await goThere(browser, subject));
  expect(answer.status).toBe(302);
  return { browser, answer };
}

const errorOf = ({ headers }: BrowserAnswer): string | null =>
  new URL(headers.get("location") ?? "", "http://localhost").searchParams.get("sign_in_error");

test("somebody of a known group signs in with PKCE, state and nonce, and is what the group is", async () => {
  know("ada", ["staff", "makers"]);
  const browser = fixture.browser();
  const begun = await browser.ask(`${start}?return_to=/logs`);

  const url = new URL(begun.headers.get("location") as string);
  expect(url.searchParams.get("code_challenge_method")).toBe("S256");
  for (const name of ["state", "nonce", "code_challenge"])
    expect(url.searchParams.get(name)?.length).toBeGreaterThan(40);
  expect(begun.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^headgate-flow=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/),
  ]);
  const back = await provider.signIn(url.href, "ada");
  const answer = await browser.ask(back.pathname + back.search);
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "/logs"]);
  expect([...browser.cookies.keys()]).toEqual(["headgate"]);
  const self = await browser.ask("/api/session");
  expect(self.result).toMatchObject({
    type: "user",
    email: "ada@acme.example",
    name: "ADA",
    roles: { acme: "developer", other: "viewer" },
  });
  expect((await browser.ask("/api/session", { method: "DELETE" })).status).toBe(200);
});

test("groups are looked at anew at each sign-in, and take roles away", async () => {
  know("bo", ["platform"]);
  const first = await signIn("bo");
  expect((await first.browser.ask("/api/session")).result.roles).toEqual({ "*": "admin" });
  const { id } = (await first.browser.ask("/api/session")).result;
  know("bo", ["readers", "makers"]);
  const second = await signIn("bo");
  const self = (await second.browser.ask("/api/session")).result;
  expect([self.id, self.roles]).toEqual([id, { acme: "developer", other: "viewer" }]);
  expect((await first.browser.ask("/api/session")).result.roles).toEqual(self.roles);
  know("bo", ["strangers"]);
  const third = await signIn("bo");
  expect(errorOf(third.answer)).toBe("no_role");
  for (const { browser } of [first, second, third]) expect((await browser.ask("/api/session")).status).toBe(401);
  expect((await fixture.asAdmin(`/api/users/${id}`)).result).toMatchObject({ roles: {}, is_external: true });
});

test("who may not come in is told why, and gets no session", async () => {
  const refusals = {
    unknown: [["strangers"], {}, "no_role"],
    groupless: [undefined, {}, "no_role"],
    elsewhere: [["platform"], { email: "x@other.example" }, "other_domain"],
    trick: [["platform"], { email: "x@acme.example@other.example" }, "other_domain"],
    unverified: [["platform"], { email_verified: false }, "email_not_verified"],
    mailless: [["platform"], { email: undefined }, "no_email"],
    proto: [["__proto__", "constructor"], {}, "no_role"],
  } as const;
  for (const [subject, [groups, more, reason]] of Object.entries(refusals)) {
    know(subject, groups as unknown as string[], more);
    const { browser, answer } = await signIn(subject);
    expect([subject, errorOf(answer)]).toEqual([subject, reason]);
    expect(browser.cookies.size).toBe(0);
  }
  const listed = await fixture.asAdmin("/api/users?per_page=100");
  const emails = (listed.result as { email: string }[]).map(({ email }) => email);
  for (const subject of Object.keys(refusals)) expect(emails).not.toContain(`${subject}@acme.example`);
});

test("somebody who was invited becomes known by a verified address, and stays it; another subject with that address is refused", async () => {
  const invite = { method: "POST", body: { email: "cy@acme.example", roles: ["viewer"] } };
  const { id } = (await fixture.asAdmin("/client/v4/accounts/acme/members", invite)).result;
  know("cy", ["readers"]);
  const { browser } = await signIn("cy");
  expect((await browser.ask("/api/session")).result.id).toBe(id);
  provider.people.set("impostor", { email: "cy@acme.example", email_verified: true, groups: ["platform"] });
  expect(errorOf((await signIn("impostor")).answer)).toBe("other_person");
  know("cy", ["readers"], { email: "cyrus@acme.example" });
  const again = await signIn("cy");
  expect((await again.browser.ask("/api/session")).result.id).toBe(id);
  await fixture.asAdmin(`/api/users/${id}`, { method: "PATCH", body: { status: "disabled" } });
  expect(errorOf((await signIn("cy")).answer)).toBe("disabled");
});

test("another browser, another state, a second time and too late: none comes in", async () => {
  know("dee", ["platform"]);
  const browser = fixture.browser();
  const back = await goThere(browser, "dee");
  expect(errorOf(await fixture.browser().ask(back))).toBe("state");
  const other = fixture.browser();
  await other.ask(start);
  expect(errorOf(await other.ask(back))).toBe("provider");
  expect(errorOf(await other.ask(back))).toBe("state");
  const { headers } = await browser.ask(back);
  expect(headers.get("location")).toBe("/");
  expect(browser.cookies.has("headgate")).toBe(true);
  expect(errorOf(await browser.ask(back))).toBe("state");

  const tampered = fixture.browser();
  const url = new URL(await goThere(tampered, "dee"), "http://localhost:8787");
  url.searchParams.set("state", "x".repeat(43));
  expect(errorOf(await tampered.ask(url.pathname + url.search))).toBe("provider");

  const late = fixture.browser();
  const lateBack = await goThere(late, "dee");
  fixture.pass(10 * 60_000);
  expect(errorOf(await late.ask(lateBack))).toBe("state");
});

test("a code that was used, or belongs to another sign-in, is refused by the provider", async () => {
  know("eve", ["platform"]);
  const first = fixture.browser();
  const back = new URL(await goThere(first, "eve"), "http://localhost:8787");
  const second = fixture.browser();
  const other = new URL(await goThere(second, "eve"), "http://localhost:8787");
  // The other's code with the own state: without its verifier the code is worth nothing.
  const state = back.searchParams.get("state") as string;
  other.searchParams.set("state", state);
  expect(errorOf(await first.ask(other.pathname + other.search))).toBe("provider");
  expect(fixture.logged.at(-1)).toMatchObject({ event: "oidc_failed", issuer: provider.issuer });
  expect(JSON.stringify(fixture.logged)).not.toContain(provider.clientSecret);
});

test("afterwards the browser goes to a path here and nowhere else", async () => {
  know("fay", ["platform"]);
  for (const [asked, expected] of [
    ["/a?b=c", "/a?b=c"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example/", "/"],
    ["/x\\..", "/"],
    ["/a\r\nset-cookie: x", "/"],
  ] as const) {
    const browser = fixture.browser();
    const back = await goThere(browser, "fay", `${start}?return_to=${encodeURIComponent(asked)}`);
    expect((await browser.ask(back)).headers.get("location")).toBe(expected);
  }
});

test("over plain http beyond this machine nobody is sent anywhere", async () => {
  expect((await fixture.browser({ "x-headgate-local": "false" }).ask(start)).status).toBe(400);
});

test("ways to sign in are told to everybody; without a provider there is none", async () => {
  const ways = await fixture.send("/api/session/ways");
  expect(ways.result).toEqual({ password: true, oidc: { name: "House", url: start } });
  const without = await startIdentityFixture();
  expect((await without.send("/api/session/ways")).result).toEqual({ password: true, oidc: null });
  for (const path of [start, "/api/session/oidc/callback"]) expect((await without.send(path)).status).toBe(404);
  without[Symbol.dispose]();
});

test("a provider that is away, or a secret that is missing, is told without details", async () => {
  for (const changes of [{ issuer: "http://127.0.0.1:1" }, { client_secret: "env:TEST_NO_SUCH_SECRET" }]) {
    const away = await startIdentityFixture({ oidc: settings(changes) });
    const { status, errors } = await away.browser().ask(start);
    expect([status, errors[0]?.message]).toEqual([503, "The identity provider cannot be reached"]);
    expect(away.logged.at(-1)).toMatchObject({ event: "oidc_failed" });
    away[Symbol.dispose]();
  }
});

test("without roles by group, roles are those that are managed here", async () => {
  const managed = await startIdentityFixture({ oidc: settings({ roles: null }) });
  know("gil", []);
  const refused = managed.browser();
  const begun = await refused.ask(start);
  const back = await provider.signIn(begun.headers.get("location") as string, "gil");
  expect(errorOf(await refused.ask(back.pathname + back.search))).toBe("no_role");
  await managed.asAdmin("/api/users", {
    method: "POST",
    body: { email: "gil@acme.example", roles: { acme: "owner" } },
  });
  const browser = managed.browser();
  const again = await browser.ask(start);
  const done = await provider.signIn(again.headers.get("location") as string, "gil");
  expect((await browser.ask(done.pathname + done.search)).headers.get("location")).toBe("/");
  expect((await browser.ask("/api/session")).result.roles).toEqual({ acme: "owner" });
  managed[Symbol.dispose]();
});

test("nothing that was asked here was a fault of ours", () => {
  expect(fixture.faults).toEqual([]);
});
