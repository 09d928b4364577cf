import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { AuditEntry } from "../../src/core/settings-object.ts";
import { type Browser, startIdentityFixture } from "../support/identity-fixture.ts";

// Passwords take their time, and the machine may be busy.
setDefaultTimeout(30_000);

const password = "correct horse battery";
const other = "another long passphrase";
const HOUR_MS = 3_600_000;
let fixture: Awaited<ReturnType<typeof startIdentityFixture>>;
let people = 0;

beforeAll(async () => {
  fixture = await startIdentityFixture();
});
afterAll(() => fixture[Symbol.dispose]());

interface Person {
  readonly id: string;
  readonly email: string;
}

async function add(roles: Record<string, string> = { acme: "developer" }, more: object = {}): Promise<Person> {
  people += 1;
  const body = { email: `p${people}@acme.example`, name: `Person ${people}`, password, roles, ...more };
  const { status, result } = await fixture.asAdmin("/api/users", { method: "POST", body });
  expect(status).toBe(200);
  return result as Person;
}

function signIn(browser: Browser, email: string, given = password) {
  return browser.ask("/api/session", { method: "POST", body: { email, password: given } });
}

async function signedIn(email: string): Promise<Browser> {
  const browser = fixture.browser();
  expect((await signIn(browser, email)).status).toBe(200);
  return browser;
}

async function lastAudit(): Promise<AuditEntry> {
  const query = { accountId: null, sinceMs: null, beforeMs: null, olderThan: null, limit: 1 };
  return (await fixture.store.audit(query))[0] as AuditEntry;
}

test("a person signs in, is who they are, and signs out", async () => {
  const { id, email } = await add();
  const browser = fixture.browser();
  const answer = await signIn(browser, email.toUpperCase());
  expect(answer.status).toBe(200);
  expect(answer.result).toMatchObject({ type: "user", id, email, roles: { acme: "developer" } });
  expect(await lastAudit()).toMatchObject({ action: "signed in", actor: { type: "user", id, ip: "127.0.0.1" } });
  const self = await browser.ask("/api/session");
  expect([self.status, self.result]).toEqual([200, answer.result]);
  expect(self.result.permissions.acme).toContain("gateways.edit");
  const [kept] = browser.cookies.values();
  expect((await browser.ask("/api/session", { method: "DELETE" })).status).toBe(200);
  expect(await lastAudit()).toMatchObject({ action: "signed out" });
  expect(browser.cookies.size).toBe(0);
  const replayed = await fixture.send("/api/session", { headers: { cookie: `headgate=${kept}` } });
  expect(replayed.status).toBe(401);
});

test("the cookie is out of reach of scripts and other sites, and over https bound to its host", async () => {
  const { email } = await add();
  const plain = await signIn(fixture.browser(), email);
  expect(plain.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^headgate=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
  ]);
  const behindProxy = { "x-headgate-local": "false", "x-forwarded-proto": "https" };
  const browser = fixture.browser(behindProxy);
  const secure = await signIn(browser, email);
  expect(secure.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-headgate=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/),
  ]);
  expect((await browser.ask("/api/session")).status).toBe(200);
  // A cookie of the plain name could come from a page of another host.
  const tossed = { ...behindProxy, cookie: `headgate=${browser.cookies.get("__Host-headgate")}` };
  expect((await fixture.send("/api/session", { headers: tossed })).status).toBe(401);
  expect(secure.headers.get("cache-control")).toBe("no-store");
});

test("where others could read it on its way nobody signs in", async () => {
  const { email } = await add();
  const { status, errors } = await signIn(fixture.browser({ "x-headgate-local": "false" }), email);
  expect([status, errors[0]?.code]).toEqual([400, 7001]);
  expect(errors[0]?.message).toStartWith("Sign in over https.");
});

test("a change needs the session's token, which no other page knows", async () => {
  const { email } = await add();
  const browser = await signedIn(email);
  const others = await signedIn((await add()).email);
  const foreign = (await others.ask("/api/session")).result.csrf_token as string;
  for (const token of ["", "x", foreign]) {
    const { status, errors } = await browser.ask("/api/session", {
      method: "DELETE",
      headers: { "x-csrf-token": token },
    });
    expect([status, errors[0]?.code]).toEqual([403, 10_000]);
  }
  expect((await browser.ask("/api/session")).status).toBe(200);
  const form = { "content-type": "text/plain" };
  const sent = await browser.ask("/api/session", { method: "POST", body: { email, password }, headers: form });
  expect(sent.status).toBe(400);
  const crossSite = { "sec-fetch-site": "cross-site" };
  const page = await browser.ask("/api/session", { method: "POST", body: { email, password }, headers: crossSite });
  expect(page.status).toBe(403);
});

test("a wrong password and a person who does not exist are refused alike", async () => {
  const { id, email } = await add();
  const disabled = await add();
  await fixture.asAdmin(`/api/users/${disabled.id}`, { method: "PATCH", body: { status: "disabled" } });
  const withoutPassword = await fixture.asAdmin("/client/v4/accounts/acme/members", {
    method: "POST",
    body: { email: "invited@acme.example", roles: ["viewer"] },
  });
  expect(withoutPassword.result.status).toBe("pending");
  const answers = [
    await signIn(fixture.browser(), email, other),
    await signIn(fixture.browser(), "nobody@acme.example"),
    await signIn(fixture.browser(), disabled.email),
    await signIn(fixture.browser(), "invited@acme.example"),
    await signIn(fixture.browser(), "invited@acme.example", ""),
  ];
  for (const { status, errors, headers } of answers.slice(0, 4)) {
    expect([status, errors]).toEqual([401, [{ code: 10_000, message: "Wrong e-mail address or password" }]]);
    expect(headers.getSetCookie()).toEqual([]);
  }
  expect(answers[4]?.status).toBe(400);
  expect(await lastAudit()).toMatchObject({ action: "sign-in refused", actor: { email: "invited@acme.example" } });
  expect(id).not.toBe("");
});

test("guessing is slowed down, for people who do not exist as well, and the right password does not help meanwhile", async () => {
  const { email } = await add();
  for (const name of [email, "nobody-at-all@acme.example"]) {
    const from = { "x-headgate-address": `10.1.1.${name.length}` };
    for (let round = 0; round < 5; round += 1) {
      expect((await signIn(fixture.browser(from), name, "wrong password")).status).toBe(401);
    }
    const refused = await signIn(fixture.browser(from), name);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await signIn(fixture.browser({ "x-headgate-address": "10.9.9.9" }), name)).status).toBe(429);
  }
  fixture.pass(60_000);
  expect((await signIn(fixture.browser(), email)).status).toBe(200);
});

test("many guesses at once are none more", async () => {
  const { email } = await add();
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async () => (await signIn(fixture.browser(), email, "wrong password")).status),
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  fixture.pass(HOUR_MS * 2);
}, 20_000);

test("a session ends when it is not used for twelve hours, and after a week", async () => {
  const { email } = await add();
  const idle = await signedIn(email);
  fixture.pass(11 * HOUR_MS);
  expect((await idle.ask("/api/session")).status).toBe(200);
  fixture.pass(12 * HOUR_MS);
  expect((await idle.ask("/api/session")).status).toBe(401);
  const busy = await signedIn(email);
  for (let round = 0; round < 16; round += 1) {
    fixture.pass(10 * HOUR_MS);
    expect((await busy.ask("/api/session")).status).toBe(200);
  }
  fixture.pass(8 * HOUR_MS);
  expect((await busy.ask("/api/session")).status).toBe(401);
});

test("another password signs out everywhere but here", async () => {
  const { email } = await add();
  const [here, there] = [await signedIn(email), await signedIn(email)];
  const change = (body: object) => here.ask("/api/session/password", { method: "PUT", body });
  const wrong = await change({ current_password: other, new_password: other });
  expect([wrong.status, wrong.errors[0]?.path]).toEqual([400, ["body", "current_password"]]);
  const short = await change({ current_password: password, new_password: "short" });
  expect([short.status, short.errors[0]?.message]).toEqual([400, "Expected 12 to 256 characters, got 5"]);
  expect((await change({ current_password: password, new_password: other })).status).toBe(200);
  expect(await lastAudit()).toMatchObject({ action: "user updated", after: { password: "changed" } });
  expect((await here.ask("/api/session")).status).toBe(200);
  expect((await there.ask("/api/session")).status).toBe(401);
  expect((await signIn(fixture.browser(), email)).status).toBe(401);
  expect((await signIn(fixture.browser(), email, other)).status).toBe(200);
});

test("disabling, removing and a password set by somebody else sign out at once, and roles count at once", async () => {
  const { id, email } = await add();
  const patch = (body: object) => fixture.asAdmin(`/api/users/${id}`, { method: "PATCH", body });
  let browser = await signedIn(email);
  await patch({ roles: { other: "viewer" } });
  expect((await browser.ask("/client/v4/accounts/acme/tokens")).status).toBe(403);
  await patch({ roles: { acme: "admin" } });
  expect((await browser.ask("/client/v4/accounts/acme/tokens")).status).toBe(200);
  await patch({ password: other });
  expect((await browser.ask("/api/session")).status).toBe(401);
  await patch({ password });
  browser = await signedIn(email);
  await patch({ status: "disabled" });
  expect((await browser.ask("/api/session")).status).toBe(401);
  await patch({ status: "active" });
  expect((await browser.ask("/api/session")).status).toBe(401);
  browser = await signedIn(email);
  expect((await fixture.asAdmin(`/api/users/${id}`, { method: "DELETE" })).status).toBe(200);
  expect((await browser.ask("/api/session")).status).toBe(401);
  expect((await signIn(fixture.browser(), email)).status).toBe(401);
});

test("a person sees where they are signed in, and signs out there", async () => {
  const { id, email } = await add();
  const phone = fixture.browser({ "user-agent": "Phone/2", "x-headgate-address": "203.0.113.9" });
  await signIn(phone, email);
  fixture.pass(120_000);
  const browser = await signedIn(email);
  const listed = await browser.ask("/api/session/open");
  expect(listed.result).toMatchObject([
    { user_id: id, email, is_current: true, ip: "127.0.0.1" },
    { user_id: id, email, is_current: false, ip: "203.0.113.9", user_agent: "Phone/2" },
  ]);
  // What is shown lets nobody in.
  const secrets = [...browser.cookies.values(), ...phone.cookies.values()];
  expect(secrets.some((secret) => JSON.stringify(listed.result).includes(secret))).toBe(false);
  const [, elsewhere] = listed.result as { id: string }[];
  expect((await fixture.send("/api/session", { headers: { cookie: `headgate=${elsewhere?.id}` } })).status).toBe(401);
  const stranger = await signedIn((await add()).email);
  expect((await stranger.ask(`/api/session/open/${elsewhere?.id}`, { method: "DELETE" })).status).toBe(404);
  expect((await browser.ask(`/api/session/open/${elsewhere?.id}`, { method: "DELETE" })).status).toBe(200);
  expect((await phone.ask("/api/session")).status).toBe(401);
  expect((await browser.ask("/api/session/open")).result).toHaveLength(1);
  expect((await fixture.asAdmin("/api/session/open")).result).toEqual([]);
  fixture.pass(12 * HOUR_MS);
  expect((await (await signedIn(email)).ask("/api/session/open")).result).toHaveLength(1);
});

test("who manages people sees where everybody is signed in, and signs nobody out who may do more", async () => {
  const { id, email } = await add();
  const browser = await signedIn(email);
  const all = `/api/sessions?user_id=${id}`;
  const { result } = await fixture.asAdmin(all);
  expect(result).toMatchObject([{ user_id: id, email, is_current: false }]);
  expect((await browser.ask("/api/sessions")).status).toBe(403);
  const owner = await add({ "*": "owner" });
  await signedIn(owner.email);
  const admin = await signedIn((await add({ "*": "admin" })).email);
  const [ownerSession] = (await admin.ask(`/api/sessions?user_id=${owner.id}`)).result as { id: string }[];
  expect((await admin.ask(`/api/sessions/${ownerSession?.id}`, { method: "DELETE" })).status).toBe(403);
  expect((await admin.ask(`/api/sessions/${result[0].id}`, { method: "DELETE" })).status).toBe(200);
  expect(await lastAudit()).toMatchObject({ action: "session deleted", before: { user_id: id, email } });
  expect((await browser.ask("/api/session")).status).toBe(401);
  expect((await admin.ask(`/api/sessions/${result[0].id}`, { method: "DELETE" })).status).toBe(404);
});

test("nothing that was asked here was a fault of ours", () => {
  expect(fixture.faults).toEqual([]);
});

test("somebody who is shut out while their password is looked at does not come in", async () => {
  const { id, email } = await add();
  const browser = fixture.browser();
  const [answer, change] = await Promise.all([
    signIn(browser, email),
    fixture.asAdmin(`/api/users/${id}`, { method: "PATCH", body: { status: "disabled" } }),
  ]);
  expect([answer.status, change.status]).toEqual([401, 200]);
  await fixture.asAdmin(`/api/users/${id}`, { method: "PATCH", body: { status: "active" } });
  expect((await browser.ask("/api/session")).status).toBe(401);
});

test("a letter of another alphabet is not the one it looks like in small", async () => {
  const { email } = await add({ acme: "developer" }, { email: "kelvin@acme.example" });
  const lookalike = email.replace("k", "\u212a");
  expect(lookalike.toLowerCase()).toBe(email);
  expect((await signIn(fixture.browser(), lookalike)).status).toBe(401);
  expect((await signIn(fixture.browser(), email.toUpperCase())).status).toBe(200);
});

test("a token that expires, or is bound to a budget, makes none that lasts longer or is not bound", async () => {
  using fixed = await startIdentityFixture();
  const path = "/client/v4/accounts/acme/tokens";
  const policies = [{ effect: "allow", permission_groups: [{ id: "Account API Tokens Write" }] }];
  const made = async (bounds: object) => {
    const { result } = await fixed.asAdmin(path, { method: "POST", body: { name: "ci", policies, ...bounds } });
    const headers = { authorization: `Bearer ${result.value}` };
    const ask = (method: string, at: string, body: object) => fixed.browser().ask(at, { method, body, headers });
    return { id: result.id as string, ask };
  };
  const expiresOn = "2026-11-22T13:00:00.000Z";
  const later = "2026-11-22T14:00:00.000Z";
  const { id, ask } = await made({ expires_on: expiresOn });
  for (const bounds of [{}, { expires_on: null }, { expires_on: later }]) {
    const { status, errors } = await ask("POST", path, { name: "x", policies, ...bounds });
    expect([status, errors[0]?.path]).toEqual([400, ["body", "expires_on"]]);
  }
  expect((await ask("POST", path, { name: "x", policies, expires_on: expiresOn })).status).toBe(200);
  expect((await ask("PUT", `${path}/${id}`, { name: "x", policies, expires_on: null })).status).toBe(400);
  expect((await ask("PUT", `${path}/${id}`, { name: "renamed", policies })).status).toBe(200);
  await fixed.desk.change({ type: "system", id: "test", email: null, ip: null }, () => ({
    writes: [{ put: { accountId: "acme", kind: "budget", id: "team", value: { limit: 5, period: "month" } } }],
    audit: [],
    result: null,
  }));
  const spender = await made({ budget: "team" });
  expect((await spender.ask("POST", path, { name: "x", policies })).status).toBe(403);
});
