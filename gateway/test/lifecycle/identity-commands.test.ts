import { afterAll, beforeAll, expect, test } from "bun:test";
import { type HeadgateProcess, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const directory = temporaryDirectory();
const yaml = "accounts: { acme: { gateways: { locked: { authentication: true } } } }\n";
let headgate: HeadgateProcess;
let url: string;
beforeAll(async () => {
  headgate = runHeadgateProcess({ directory: directory.path, yaml, environment: { HEADGATE_WORKERS: "0" } });
  url = await servedUrl(headgate);
});
afterAll(async () => {
  await headgate[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

/** Runs a command beside the gateway: same directory, same port, no token in its environment. */
async function command(args: readonly string[], stdin?: string) {
  await using running = runHeadgateProcess({
    args,
    directory: directory.path,
    environment: { PORT: new URL(url).port },
    ...(stdin === undefined ? {} : { stdin }),
  });
  const status = await running.exited();
  await Bun.sleep(20);
  return { status, out: running.stdout(), err: running.stderr() };
}

function api(path: string, token: string): Promise<Response> {
  return fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

test("the first start shows one token that may do everything, and the next none", async () => {
  // In a line of its own and in the link that signs in by it.
  const tokensIn = (text: string): string[] => [...new Set(text.match(/hg_[0-9A-Za-z]{49}/g))];
  const shown = tokensIn(headgate.stdout());
  expect(shown).toHaveLength(1);
  expect(headgate.stdout()).toContain("may do everything; keep it, it is shown this once");
  expect((await api("/api/system", shown[0] as string)).status).toBe(200);
  using own = temporaryDirectory();
  const environment = { HEADGATE_WORKERS: "1" };
  for (const expected of [1, 0]) {
    await using started = runHeadgateProcess({ directory: own.path, environment });
    await servedUrl(started);
    await started.until(() => started.stdout().includes("Config"));
    expect(tokensIn(started.stdout())).toHaveLength(expected);
  }
}, 30_000);

test("with HEADGATE_ADMIN_TOKEN none is made", async () => {
  await using started = runHeadgateProcess({ environment: { HEADGATE_ADMIN_TOKEN: "given", HEADGATE_WORKERS: "0" } });
  const servedAt = await servedUrl(started);
  expect(started.stdout()).not.toContain("hg_");
  const headers = { authorization: "Bearer given" };
  const tokens = await fetch(`${servedAt}/client/v4/user/tokens`, { headers });
  expect(((await tokens.json()) as { result: unknown[] }).result).toEqual([]);
});

test("whoever runs the gateway makes tokens without one, lists and revokes them", async () => {
  const made = await command([
    "tokens",
    "create",
    "--name",
    "app",
    "--account",
    "acme",
    "--gateway",
    "locked",
    "--expires",
    "90d",
  ]);
  expect(made.status).toBe(0);
  const text = made.out.trim();
  expect(text).toMatch(/^hg_[0-9A-Za-z]{49}$/);
  expect(made.err).not.toContain(text);
  const [id = ""] = made.err.split("  ");
  const listed = await command(["tokens", "--account", "acme"]);
  expect(listed.out).toStartWith(`${id}  app  ${text.slice(0, 7)}…${text.slice(-4)}  AI Gateway Run  active  until `);
  expect((await api("/client/v4/user/tokens/verify", text)).status).toBe(200);
  expect(await command(["tokens", "revoke", "--account", "acme", id])).toMatchObject({
    status: 0,
    out: `${id} is revoked\n`,
  });
  expect((await api("/client/v4/user/tokens/verify", text)).status).toBe(401);
  expect((await command(["tokens", "revoke", "--account", "acme", id])).status).toBe(66);
  expect((await command(["tokens", "create"])).status).toBe(64);
  expect((await command(["tokens", "create", "--name", "x", "--group", "Nothing"])).err).toContain("permission_groups");
}, 30_000);

test("people are added with a password from stdin, listed, given another and removed", async () => {
  const signIn = async (password: string): Promise<number> =>
    (
      await fetch(`${url}/api/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "ada@acme.example", password }),
      })
    ).status;
  const person = ["--email", "ada@acme.example"];
  expect(await command(["users"])).toMatchObject({ status: 0, out: "", err: expect.stringContaining("no people yet") });
  const added = await command(["users", "add", ...person, "--role", "owner", "--name", "Ada"], "a long passphrase\n");
  expect([added.err, added.status]).toEqual(["", 0]);
  expect(added.out).toMatch(/^[0-9a-f]{32} {2}ada@acme\.example {2}Ada {2}owner in all accounts\n$/);
  expect(await signIn("a long passphrase")).toBe(200);
  expect((await command(["users"])).out).toBe(added.out);
  expect((await command(["users", "password", ...person], "another passphrase")).status).toBe(0);
  expect(await signIn("a long passphrase")).toBe(401);
  expect(await signIn("another passphrase")).toBe(200);
  expect((await command(["users", "add", ...person, "--role", "viewer"], "a long passphrase")).status).toBe(64);
  expect((await command(["users", "add", "--email", "b@acme.example", "--role", "viewer"], "short")).err).toContain(
    "Expected 12 to 256 characters",
  );
  const invited = [
    "users",
    "add",
    "--email",
    "c@acme.example",
    "--role",
    "viewer",
    "--account",
    "acme",
    "--no-password",
  ];
  expect((await command(invited)).out).toContain("viewer in acme");
  expect((await command(["users", "remove", ...person])).out).toBe("ada@acme.example is removed\n");
  expect(await signIn("another passphrase")).toBe(401);
  expect((await command(["users", "remove", ...person])).status).toBe(64);
}, 30_000);
