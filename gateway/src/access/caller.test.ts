import { expect, test } from "bun:test";
import {
  accountsWhere,
  allGrants,
  type Caller,
  type Concern,
  type Grants,
  grantsOfRoles,
  grantsOfToken,
  mayDo,
  mayGrant,
} from "./caller.ts";
import { allPermissions } from "./permissions.ts";
import { roles } from "./roles.ts";

function caller(grants: Grants, gatewayIds: readonly string[] | null = null): Caller {
  return { type: "user", id: "u1", email: null, ip: null, grants, gatewayIds };
}

const inAcme: Concern = { accountId: "acme", gatewayId: null };
const inOther: Concern = { accountId: "other", gatewayId: null };
const nowhere: Concern = { accountId: null, gatewayId: null };

test("a role holds in its account and in no other", () => {
  const viewer = caller(grantsOfRoles({ acme: "viewer" }));
  expect(mayDo(viewer, "gateways.read", inAcme)).toBe(true);
  expect(mayDo(viewer, "gateways.read", inOther)).toBe(false);
  expect(mayDo(viewer, "gateways.edit", inAcme)).toBe(false);
  expect(mayDo(viewer, "prices.read", nowhere)).toBe(true);
  expect(mayDo(viewer, "gateways.edit", nowhere)).toBe(false);
});

test("what belongs to the installation takes a role in all accounts", () => {
  const local = caller(grantsOfRoles({ acme: "owner" }));
  const owner = caller(grantsOfRoles({ "*": "owner" }));
  for (const permission of ["accounts.edit", "prices.edit", "system.read", "config.edit"] as const) {
    expect(mayDo(local, permission, inAcme)).toBe(false);
    expect(mayDo(local, permission, nowhere)).toBe(false);
    expect(mayDo(owner, permission, nowhere)).toBe(true);
  }
  expect(mayDo(owner, "gateways.edit", inOther)).toBe(true);
});

test("an unknown role and unknown groups grant nothing", () => {
  expect(mayDo(caller(grantsOfRoles({ "*": "root" })), "gateways.read", inAcme)).toBe(false);
  expect(mayDo(caller(grantsOfRoles({})), "gateways.read", nowhere)).toBe(false);
  expect(mayDo(caller(grantsOfToken({ accountId: "*", groups: ["x"] })), "gateways.read", inAcme)).toBe(false);
});

test("a token that is bound to something makes no tokens that are not", () => {
  const groups = ["Account API Tokens Write", "Account Settings Write"];
  const may = (bounds: Partial<Parameters<typeof grantsOfToken>[0]>): boolean =>
    mayDo(caller(grantsOfToken({ accountId: "acme", groups, ...bounds })), "tokens.edit", inAcme);
  expect(may({})).toBe(true);
  expect(may({ models: ["gpt-*"] })).toBe(false);
  expect(may({ ipRanges: { in: ["10.0.0.0/8"], notIn: [] } })).toBe(false);
  expect(may({ gatewayIds: ["main"] })).toBe(false);
});

test("a caller bound to gateways touches those alone", () => {
  const bound = caller(grantsOfToken({ accountId: "acme", groups: ["AI Gateway Read"] }), ["main"]);
  expect(mayDo(bound, "logs.read", { accountId: "acme", gatewayId: "main" })).toBe(true);
  expect(mayDo(bound, "logs.read", { accountId: "acme", gatewayId: "spare" })).toBe(false);
  expect(mayDo(bound, "gateways.read", inAcme)).toBe(false);
  expect(mayDo(bound, "logs.read", { accountId: "other", gatewayId: "main" })).toBe(false);
});

test("the accounts in which something may be done", () => {
  const several = caller(grantsOfRoles({ acme: "viewer", other: "billing", third: "developer" }));
  expect(accountsWhere(several, "logs.read")).toEqual(["acme", "third"]);
  expect(accountsWhere(several, "tokens.edit")).toEqual(["third"]);
  expect(accountsWhere(several, "audit.read")).toEqual([]);
  expect(accountsWhere(caller(grantsOfRoles({ "*": "viewer", acme: "owner" })), "logs.read")).toBeNull();
});

test("nobody gives away more than they have", () => {
  const admin = caller(grantsOfRoles({ acme: "admin" }));
  expect(mayGrant(admin, roles.viewer, "acme")).toBe(true);
  expect(mayGrant(admin, roles.viewer, "other")).toBe(false);
  expect(mayGrant(admin, roles.viewer, "*")).toBe(false);
  expect(mayGrant(admin, roles.owner, "acme")).toBe(false);
  expect(mayGrant(caller(grantsOfRoles({ acme: "owner" })), roles.owner, "acme")).toBe(true);
  expect(mayGrant(caller(grantsOfRoles({ acme: "owner" })), roles.owner, "*")).toBe(false);
  expect(mayGrant(caller(grantsOfRoles({ "*": "admin" })), roles.admin, "acme")).toBe(true);
  expect(mayGrant(caller(grantsOfRoles({ "*": "admin" })), roles.owner, "acme")).toBe(false);
  expect(mayGrant(caller(allGrants), allPermissions, "*")).toBe(true);
  expect(mayGrant(caller(allGrants, ["main"]), ["logs.read"], "acme")).toBe(false);
});
