import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { type Caller, type Grants, grantsOfRoles, grantsOfToken } from "../../src/access/caller.ts";
import { allPermissionGroups, permissionGroups } from "../../src/access/permission-groups.ts";
import { isPermission, isPublic, permissions } from "../../src/access/permissions.ts";
import { allRoles, roles } from "../../src/access/roles.ts";
import { success } from "../../src/management/envelope.ts";
import type { OpenapiDocument, OpenapiOperation } from "../../src/management/openapi/document.ts";
import type { Route } from "../../src/management/route.ts";
import { createRouter } from "../../src/management/router.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";

interface Operation {
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly permission: OpenapiOperation["x-permission"];
}

let gateway: ManagedGateway;
let operations: readonly Operation[];
beforeAll(async () => {
  gateway = await startManagedGateway({ yaml: "accounts: { acme: { gateways: { known: {} } }, other: {} }\n" });
  const document = (await (await fetch(`${gateway.url}/docs/openapi.json`)).json()) as OpenapiDocument;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      permission: operation["x-permission"],
    })),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

function filled(path: string, gatewayId: string): string {
  const values: Readonly<Record<string, string>> = { account_id: "acme", gateway_id: gatewayId };
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? "x");
}

/** What is answered to a call with this credential; nothing is ever done by calls that are refused. */
async function answerTo({ method, path }: Operation, token: string | null, gatewayId = "known"): Promise<string> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(gateway.url + filled(path, gatewayId), { method, headers });
  return `${answer.status} ${await answer.text()}`;
}

const refusal = (status: number): string =>
  `${status} {"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`;

async function newToken(accountId: string, group: string): Promise<string> {
  const resources = { [`com.cloudflare.api.account.${accountId}`]: "*" };
  const policies = [{ effect: "allow", permission_groups: [{ id: group }], resources }];
  const { result } = await gateway.ask("POST", `/accounts/${accountId}/tokens`, { name: "walk", policies });
  return result.value as string;
}

test("the walk sees the whole table", () => {
  expect(operations.length).toBeGreaterThan(80);
  expect(new Set(operations.map(({ permission }) => permission)).size).toBeGreaterThan(20);
});

test("without a token and with one that nobody gave out, every route that is not public is refused alike", async () => {
  for (const operation of operations.filter(({ permission }) => !isPublic(permission))) {
    for (const token of [null, "hg_wrong", "Bearer", `hg_${"a".repeat(60)}`]) {
      expect([operation, await answerTo(operation, token)]).toEqual([operation, refusal(401)]);
    }
  }
});

test("the owner of another account is refused in this one, whether there is what was asked for or not", async () => {
  const foreign = await newToken("other", "Headgate Owner");
  for (const operation of operations.filter(({ path }) => path.includes("{account_id}"))) {
    if (!isPermission(operation.permission)) continue;
    for (const gatewayId of ["known", "unknown"]) {
      expect([operation, await answerTo(operation, foreign, gatewayId)]).toEqual([operation, refusal(403)]);
    }
  }
  for (const operation of operations) {
    if (!isPermission(operation.permission) || permissions[operation.permission].scope !== "installation") continue;
    expect([operation, await answerTo(operation, foreign)]).toEqual([operation, refusal(403)]);
  }
});

test("a token that may run requests alone manages nothing", async () => {
  const running = await newToken("acme", "AI Gateway Run");
  for (const operation of operations.filter(({ permission }) => isPermission(permission))) {
    expect([operation, await answerTo(operation, running)]).toEqual([operation, refusal(403)]);
  }
});

/** The table with handlers that tell they were reached, asked by somebody with these grants. */
function reachedBy(grants: Grants): (operation: Operation) => Promise<boolean> {
  const caller: Caller = { type: "user", id: "u", email: null, ip: null, grants, gatewayIds: null };
  const routes = operations.map(({ method, path, permission }): Route => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => camelCase(match[1] as string));
    return {
      method: method as Route["method"],
      path: path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => `:${camelCase(name)}`),
      permission,
      summary: "walk",
      tag: "System",
      params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
      answer: { kind: "result", schema: z.string() },
      handle: async () => success("reached"),
    };
  });
  const ask = createRouter(routes, { identify: () => caller });
  return async ({ method, path }) => {
    const { status } = await ask(new Request(`http://control${filled(path, "known")}`, { method }));
    expect([200, 403]).toContain(status);
    return status === 200;
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

test("each role and each group reaches exactly what it grants, in its account alone", async () => {
  const held = [
    ...allRoles.map((role) => [role, roles[role], (id: string) => grantsOfRoles({ [id]: role })] as const),
    ...allPermissionGroups.map(
      (group) =>
        [group, permissionGroups[group], (id: string) => grantsOfToken({ accountId: id, groups: [group] })] as const,
    ),
  ];
  for (const [name, granted, grantsIn] of held) {
    for (const accountId of ["acme", "other", "*"]) {
      const isReached = reachedBy(grantsIn(accountId));
      for (const operation of operations) {
        const { permission, path } = operation;
        const isThere = accountId !== "other" || !path.includes("{account_id}");
        const mayReach =
          !isPermission(permission) ||
          ((granted as readonly string[]).includes(permission) &&
            isThere &&
            (accountId === "*" || permissions[permission].scope === "account"));
        expect([name, accountId, operation, await isReached(operation)]).toEqual([
          name,
          accountId,
          operation,
          mayReach,
        ]);
      }
    }
  }
});
