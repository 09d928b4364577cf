import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allRoles } from "../../src/access/roles.ts";
import { type Browser, startIdentityFixture } from "../support/identity-fixture.ts";
import { allOf, type ManagedGateway, startManagedGateway, thrownBy } from "../support/management-client.ts";

// Passwords take their time, and the machine may be busy.
setDefaultTimeout(30_000);

const password = "correct horse battery";
const account = { account_id: "acme" };
let fixture: Awaited<ReturnType<typeof startIdentityFixture>>;
let gateway: ManagedGateway;
beforeAll(async () => {
  fixture = await startIdentityFixture();
  const yaml = "accounts: { acme: {}, other: {} }\n";
  gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "0" } });
});
afterAll(async () => {
  fixture[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

let people = 0;
async function signedIn(
  roles: Record<string, string>,
  { asAdmin, browser: open } = fixture,
): Promise<Browser & { readonly id: string; readonly email: string }> {
  people += 1;
  const email = `p${people}@acme.example`;
  const added = await asAdmin("/api/users", { method: "POST", body: { email, password, roles } });
  expect(added.status).toBe(200);
  const browser = open();
  expect((await browser.ask("/api/session", { method: "POST", body: { email, password } })).status).toBe(200);
  return { ...browser, id: added.result.id as string, email };
}

test("members are added, listed, given another role and removed through the product's SDK", async () => {
  const { members } = gateway.client.accounts;
  const added = await members.create({ ...account, email: "ada@acme.example", roles: ["viewer"] });
  expect(added).toMatchObject({
    email: "ada@acme.example",
    status: "pending",
    user: { email: "ada@acme.example" },
    roles: [{ id: "viewer", name: "viewer" }],
  });
  const id = added.id as string;
  expect(await members.get(id, account)).toEqual(added);
  expect(await allOf(members.list(account))).toEqual([added]);
  const changed = await members.update(id, { ...account, roles: [{ id: "developer" }] });
  expect(changed.roles?.map((role) => role.id)).toEqual(["developer"]);
  expect(await thrownBy(members.create({ ...account, email: "ADA@acme.example", roles: ["viewer"] }))).toBeInstanceOf(
    Cloudflare.ConflictError,
  );
  await members.create({ account_id: "other", email: "ada@acme.example", roles: ["billing"] });
  expect((await gateway.ask("GET", `/api/users/${id}`)).result.roles).toEqual({ acme: "developer", other: "billing" });
  expect(await members.delete(id, account)).toEqual({ id });
  expect(await thrownBy(members.get(id, account))).toBeInstanceOf(Cloudflare.NotFoundError);
  expect(await allOf(members.list({ account_id: "other" }))).toHaveLength(1);
  const roles = await allOf(gateway.client.accounts.roles.list(account));
  expect(roles.map((role) => role.id)).toEqual([...allRoles]);
});

test("bad people are refused with the place of the fault", async () => {
  const faults = async (path: string, body: object): Promise<unknown[]> => {
    const { status, errors } = await fixture.asAdmin(path, { method: "POST", body });
    return [status, ...errors.map(({ code, path: place }) => `${code} ${place?.join(".")}`)];
  };
  const members = "/client/v4/accounts/acme/members";
  expect(await faults(members, {})).toEqual([400, "7001 body.email", "7001 body.roles"]);
  expect(await faults(members, { email: "a", roles: ["viewer"] })).toEqual([400, "7001 body.email"]);
  expect(await faults(members, { email: "a@b.example", roles: ["king"] })).toEqual([400, "7001 body.roles.0"]);
  expect(await faults(members, { email: "a@b.example", roles: ["viewer", "admin"] })).toEqual([400, "7001 body.roles"]);
  expect(await faults("/api/users", { email: "a@b.example", password: "short" })).toEqual([400, "7001 body.password"]);
  expect(await faults("/api/users", { email: "a@b.example", roles: { nowhere: "viewer" } })).toEqual([
    400,
    "7001 body.roles.nowhere",
  ]);
  expect(
    (
      await fixture.asAdmin("/client/v4/accounts/nowhere/members", {
        method: "POST",
        body: { email: "a@b.example", roles: ["viewer"] },
      })
    ).status,
  ).toBe(404);
});

test("nobody gives a role that may do more than they, takes one away, or reaches into another account", async () => {
  const admin = await signedIn({ acme: "admin" });
  const owner = await signedIn({ acme: "owner" });
  const members = "/client/v4/accounts/acme/members";
  const post = (who: Browser, role: string, path = members) =>
    who.ask(path, { method: "POST", body: { email: `new${(people += 1)}@acme.example`, roles: [role] } });
  expect((await post(admin, "admin")).status).toBe(200);
  expect((await post(admin, "owner")).status).toBe(403);
  expect((await post(admin, "billing")).status).toBe(403);
  expect((await post(admin, "viewer", "/client/v4/accounts/other/members")).status).toBe(403);
  expect((await post(owner, "owner")).status).toBe(200);
  const put = (who: Browser, id: string, role: string) =>
    who.ask(`${members}/${id}`, { method: "PUT", body: { roles: [role] } });
  expect((await put(admin, owner.id, "viewer")).status).toBe(403);
  expect((await put(admin, admin.id, "owner")).status).toBe(403);
  expect((await admin.ask(`${members}/${owner.id}`, { method: "DELETE" })).status).toBe(403);
  expect((await put(owner, admin.id, "viewer")).status).toBe(200);
  expect((await post(admin, "viewer")).status).toBe(403);
  for (const path of ["/api/users", `/api/users/${owner.id}`]) {
    expect((await owner.ask(path)).status).toBe(403);
    expect(
      (await owner.ask(path, { method: path === "/api/users" ? "POST" : "PATCH", body: { email: "x@y.example" } }))
        .status,
    ).toBe(403);
  }
});

test("an admin of all accounts can neither sign in as an owner nor become one", async () => {
  const admin = await signedIn({ "*": "admin" });
  const owner = await signedIn({ "*": "owner" });
  const patch = (id: string, body: object) => admin.ask(`/api/users/${id}`, { method: "PATCH", body });
  expect((await patch(owner.id, { password: "taken over by me" })).status).toBe(403);
  expect((await patch(owner.id, { status: "disabled" })).status).toBe(403);
  expect((await patch(admin.id, { roles: { "*": "owner" } })).status).toBe(403);
  expect((await admin.ask(`/api/users/${owner.id}`, { method: "DELETE" })).status).toBe(403);
  expect((await admin.ask(`/api/users/${admin.id}`, { method: "DELETE" })).status).toBe(400);
  const viewer = await signedIn({ acme: "viewer" });
  expect((await patch(viewer.id, { name: "Vera", roles: { acme: "developer" } })).result).toMatchObject({
    name: "Vera",
    roles: { acme: "developer" },
    has_password: true,
  });
});

test("what people hold as a secret is in no answer and no line of the audit log", async () => {
  await signedIn({ acme: "owner" });
  const listed = await fixture.asAdmin("/api/users?per_page=100");
  const lines = await fixture.store.audit({
    accountId: null,
    sinceMs: null,
    beforeMs: null,
    olderThan: null,
    limit: 1000,
  });
  const told = JSON.stringify([listed.result, lines]);
  expect(told).toContain("p1@acme.example");
  expect(told).not.toContain("argon2");
  expect(told).not.toContain(password);
  expect(fixture.faults).toEqual([]);
});

test("the last owner cannot give that up, and can once somebody else is one who can sign in", async () => {
  using alone = await startIdentityFixture();
  const owner = await signedIn({ "*": "owner" }, alone);
  const patch = (body: object) => owner.ask(`/api/users/${owner.id}`, { method: "PATCH", body });
  for (const body of [{ roles: { "*": "admin" } }, { roles: {} }, { status: "disabled" }]) {
    expect(await patch(body)).toMatchObject({
      status: 409,
      errors: [{ code: 7001, message: expect.stringContaining("You are the last owner of the installation") }],
    });
  }
  expect((await patch({ name: "Ada" })).status).toBe(200);
  // Somebody who cannot sign in is no way back.
  const pending = await alone.asAdmin("/api/users", {
    method: "POST",
    body: { email: "x@y.example", roles: { "*": "owner" } },
  });
  expect(pending.status).toBe(200);
  expect((await patch({ roles: { "*": "admin" } })).status).toBe(409);
  await signedIn({ "*": "owner" }, alone);
  expect((await patch({ roles: { "*": "admin" } })).status).toBe(200);
});

test("the last owner of an account stays its owner until there is another, of the account or of all", async () => {
  using alone = await startIdentityFixture();
  const owner = await signedIn({ acme: "owner", other: "viewer" }, alone);
  const path = `/client/v4/accounts/acme/members/${owner.id}`;
  const demoted = () => owner.ask(path, { method: "PUT", body: { roles: ["viewer"] } });
  expect((await demoted()).status).toBe(409);
  expect((await owner.ask(path, { method: "DELETE" })).errors).toMatchObject([
    { message: "You are the last owner of the account acme; make somebody else one first" },
  ]);
  await signedIn({ acme: "admin" }, alone);
  expect((await demoted()).status).toBe(409);
  await signedIn({ "*": "owner" }, alone);
  expect((await demoted()).status).toBe(200);
});
