import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Concern, grantsOfRoles, grantsOfToken, mayDo } from "../../src/access/caller.ts";
import { isPermission, isPublic, openPermissions, type Permission } from "../../src/access/permissions.ts";
import { allRoles } from "../../src/access/roles.ts";
import { parseConfig } from "../../src/config/load-config.ts";
import { startControl } from "../../src/control/start-control.ts";
import type { OpenapiDocument } from "../../src/management/openapi/document.ts";
import type { RunningPart } from "../../src/supervisor/running-part.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { testKeyMaterial } from "../support/test-keys.ts";

setDefaultTimeout(60_000);

const adminToken = "hg-test-admin-token-0123456789";
const password = "correct horse battery";
const yaml = "accounts: { acme: { gateways: { main: {}, spare: {} } }, other: { gateways: { main: {} } } }\n";
const directory = temporaryDirectory();
const socketPath = `${directory.path}/control.sock`;

/** One route, asked in account `acme` and gateway `main` for things that are not there. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  /** Whether it has to be held in all accounts. */
  readonly isOfAllAccounts: boolean;
}

let control: RunningPart;
let routes: readonly Asked[];

beforeAll(async () => {
  control = await startControl({
    config: parseConfig(yaml, { HEADGATE_DATA: directory.path }, { providerSlugs: [] }).config,
    socketPath,
    dashboard: directory.path,
    documentation: directory.path,
    adminToken,
    startId: "start",
    configFile: null,
    keys: testKeyMaterial,
    log: () => {},
  });
  const document = (await (await send("GET", "/docs/openapi.json")).json()) as OpenapiDocument;
  routes = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: template
        .replace("{account_id}", "acme")
        .replace("{gateway_id}", "main")
        .replaceAll(/\{\w+\}/g, "0190c6f0-0000-7000-8000-00000000dead"),
      permission: operation["x-permission"],
      isOfAllAccounts: operation["x-all-accounts"] === true,
    })),
  );
});
afterAll(async () => {
  await control.stop(0);
  directory[Symbol.dispose]();
});

interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Response> {
  const all = {
    "x-headgate-local": "true",
    "x-headgate-address": "127.0.0.1",
    "content-type": "application/json",
    ...headers,
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`http://localhost${path}`, { unix: socketPath, method, headers: all, redirect: "manual", ...content });
}

/** Status and first error code; what streams is not waited for. */
async function outcome(
  asked: Asked,
  headers: Readonly<Record<string, string>>,
): Promise<[status: number, code: number]> {
  const answer = await send(asked.method, asked.path, { headers });
  if (answer.status < 400) {
    await answer.body?.cancel();
    return [answer.status, 0];
  }
  const { errors } = (await answer.json()) as { errors: readonly { code: number }[] | null };
  return [answer.status, errors?.[0]?.code ?? 0];
}

const asAdmin = { authorization: `Bearer ${adminToken}` };

async function makeToken(
  groups: readonly string[],
  accountId: string,
  more: object = {},
): Promise<{ authorization: string }> {
  const policies = [{ effect: "allow", permission_groups: groups.map((id) => ({ id })) }];
  const made = await send("POST", `/client/v4/accounts/${accountId}/tokens`, {
    headers: asAdmin,
    body: { name: "walker", policies, ...more },
  });
  const { result } = (await made.json()) as { result: { id: string; value: string } };
  if (more !== null && "status" in more) {
    const path = `/client/v4/accounts/${accountId}/tokens/${result.id}`;
    await send("PUT", path, { headers: asAdmin, body: { name: "walker", policies, ...more } });
  }
  return { authorization: `Bearer ${result.value}` };
}

/** Signs in somebody new who has this role. */
async function signIn(roles: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const email = `${Object.entries(roles).flat().join("-").replace("*", "all")}@acme.example`;
  await send("POST", "/api/users", { headers: asAdmin, body: { email, password, roles } });
  const answer = await send("POST", "/api/session", { body: { email, password } });
  expect(answer.status).toBe(200);
  const { result } = (await answer.json()) as { result: { csrf_token: string } };
  const cookie = (answer.headers.getSetCookie()[0] as string).split(";")[0] as string;
  return { cookie, "x-csrf-token": result.csrf_token };
}

/** Signing out would end the walk. */
const guarded = () =>
  routes.filter(
    ({ permission, method, path }) => !isPublic(permission) && !(method === "DELETE" && path === "/api/session"),
  );

/** What a route concerns, as its caller is asked for it. */
function concernOf({ path, isOfAllAccounts }: Asked): Concern {
  if (isOfAllAccounts) return { accountId: "*", gatewayId: null };
  return {
    accountId: path.includes("/accounts/acme") ? "acme" : null,
    gatewayId: path.includes("/gateways/main") ? "main" : null,
  };
}

test("every route declares a permission there is, and asks for the account and the gateway of its path by name", () => {
  expect(routes.length).toBeGreaterThan(80);
  for (const { permission } of routes)
    expect(isPermission(permission) || Object.hasOwn(openPermissions, permission)).toBe(true);
  for (const { path } of routes) {
    if (path.includes("/accounts/")) expect(path).toContain("/accounts/acme");
    if (path.includes("/gateways/")) expect(path).toContain("/gateways/main");
  }
  const open = routes.filter(({ permission }) => isPublic(permission)).map(({ method, path }) => `${method} ${path}`);
  expect(open.toSorted()).toEqual([
    "GET /api/session/oidc/callback",
    "GET /api/session/oidc/start",
    "GET /api/session/ways",
    "POST /api/session",
  ]);
});

test("no credential, and one that does not count: 401, code 10000, whatever is asked", async () => {
  const past = new Date(Date.now() + 1000).toISOString();
  const expired = await makeToken(["Headgate Owner"], "acme", { expires_on: past });
  const disabled = await makeToken(["Headgate Owner"], "acme", { status: "disabled" });
  const elsewhere = await makeToken(["Headgate Owner"], "acme", {
    condition: { request_ip: { in: ["203.0.113.0/24"] } },
  });
  await Bun.sleep(1100);
  for (const headers of [
    {},
    { authorization: "Bearer wrong" },
    { cookie: "headgate=x" },
    expired,
    disabled,
    elsewhere,
  ]) {
    for (const asked of guarded()) expect([asked, await outcome(asked, headers)]).toEqual([asked, [401, 10_000]]);
  }
});

test("a token of another account: 403, code 10000, the same whether there is such a thing or not", async () => {
  const foreign = await makeToken(["Headgate Owner"], "other");
  for (const asked of guarded()) {
    if (concernOf(asked).accountId === null) continue;
    expect([asked, await outcome(asked, foreign)]).toEqual([asked, [403, 10_000]]);
    const nowhere = {
      ...asked,
      path: asked.path.replace("/accounts/acme", "/accounts/nowhere").replace("/gateways/main", "/gateways/none"),
    };
    const [there, absent] = await Promise.all(
      [asked, nowhere].map(async ({ method, path }) => (await send(method, path, { headers: foreign })).text()),
    );
    expect(absent as string).toBe(there as string);
  }
});

test("each role may do what its table says, in its account and nowhere else", async () => {
  for (const role of allRoles) {
    for (const accountId of ["acme", "other", "*"]) {
      const headers = await signIn({ [accountId]: role });
      const caller = {
        type: "user",
        id: "",
        email: null,
        ip: null,
        grants: grantsOfRoles({ [accountId]: role }),
        gatewayIds: null,
      } as const;
      for (const asked of guarded()) {
        const [status, code] = await outcome(asked, headers);
        const isOpen = !isPermission(asked.permission);
        const isAllowed = isOpen || mayDo(caller, asked.permission as Permission, concernOf(asked));
        const told = { role, accountId, ...asked, status, code };
        // The token of another account verifies itself, not this one.
        if (asked.path.endsWith("/accounts/acme/tokens/verify") && accountId === "other") expect(status).toBe(403);
        else if (isAllowed) expect([401, 403], JSON.stringify(told)).not.toContain(status);
        else expect([status, code], JSON.stringify(told)).toEqual([403, 10_000]);
      }
    }
  }
});

test("a token may do what its groups say, one that is bound to a gateway there alone", async () => {
  for (const groups of [
    ["AI Gateway Read"],
    ["AI Gateway Metadata Read"],
    ["AI Gateway Run"],
    ["Account API Tokens Write", "Billing Read"],
  ]) {
    for (const gatewayIds of [null, ["main"], ["spare"]]) {
      const headers = await makeToken(groups, "acme", { gateway_ids: gatewayIds });
      const grants = grantsOfToken({ accountId: "acme", groups, gatewayIds });
      const caller = { type: "token", id: "", email: null, ip: null, grants, gatewayIds } as const;
      for (const asked of guarded()) {
        if (!isPermission(asked.permission)) continue;
        const isAllowed = mayDo(caller, asked.permission, concernOf(asked));
        const [status, code] = await outcome(asked, headers);
        const told = JSON.stringify({ groups, gatewayIds, ...asked, status });
        if (isAllowed) expect([401, 403], told).not.toContain(status);
        else expect([status, code], told).toEqual([403, 10_000]);
      }
    }
  }
});

test("a session's cookie alone changes nothing", async () => {
  const { cookie = "" } = await signIn({ acme: "developer", other: "developer" });
  for (const asked of guarded()) {
    if (asked.method === "GET") continue;
    expect([asked, await outcome(asked, { cookie })]).toEqual([asked, [403, 10_000]]);
  }
});
