import { expect, test } from "bun:test";
import {
  allPermissionGroups,
  findPermissionGroup,
  grantedByGroups,
  permissionGroupId,
  permissionGroups,
} from "./permission-groups.ts";
import { allPermissions, isPermission, permissions } from "./permissions.ts";
import { allRoles, isRole, roles } from "./roles.ts";

test("permissions are named by noun and verb and say what they allow", () => {
  for (const name of allPermissions) {
    expect(name).toMatch(/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/);
    expect(permissions[name].allows).toMatch(/^[A-Z].+[^.]$/);
  }
  expect(isPermission("toString")).toBe(false);
});

test("groups grant what the product's do", () => {
  expect([...grantedByGroups(["AI Gateway Run"])]).toEqual(["gateways.run"]);
  const metadata = grantedByGroups(["AI Gateway Metadata Read"]);
  expect(metadata.has("logs.read")).toBe(true);
  expect(metadata.has("logs.read-bodies")).toBe(false);
  expect(grantedByGroups(["AI Gateway Read"]).has("logs.read-bodies")).toBe(true);
  expect(grantedByGroups(["AI Gateway Write"]).has("gateways.run")).toBe(false);
  expect(grantedByGroups(["AI Gateway Read", "Secrets Store Write"]).has("secrets.edit")).toBe(true);
  expect([...grantedByGroups(["toString", "no such group", ""])]).toEqual([]);
  expect(grantedByGroups(["Headgate Owner"]).size).toBe(allPermissions.length);
});

test("only the owner's group changes what belongs to the whole installation", () => {
  const mighty = allPermissionGroups.filter((group) =>
    permissionGroups[group].some((name) => permissions[name].scope === "installation" && name.endsWith(".edit")),
  );
  expect(mighty).toEqual(["Headgate Owner"]);
});

test("a group is found by its id and by its name", () => {
  for (const group of allPermissionGroups) {
    expect(permissionGroupId(group)).toMatch(/^[0-9a-f]{32}$/);
    expect(findPermissionGroup(permissionGroupId(group))).toBe(group);
    expect(findPermissionGroup(group)).toBe(group);
  }
  expect(new Set(allPermissionGroups.map(permissionGroupId)).size).toBe(allPermissionGroups.length);
  expect(findPermissionGroup("constructor")).toBeUndefined();
});

test("each role allows no more than the ones of whom it is part", () => {
  const within = (inner: readonly string[], outer: readonly string[]): boolean =>
    inner.every((permission) => outer.includes(permission));
  expect(allRoles).toEqual(["owner", "admin", "developer", "viewer", "billing"]);
  expect(within(roles.viewer, roles.developer)).toBe(true);
  expect(within(roles.developer, roles.admin)).toBe(true);
  expect(within(roles.billing, roles.owner)).toBe(true);
  expect(within(roles.billing, roles.admin)).toBe(false);
  expect(within(roles.admin, roles.owner)).toBe(true);
  expect(within(roles.owner, roles.admin)).toBe(false);
  for (const role of allRoles) expect(new Set(roles[role]).size).toBe(roles[role].length);
  expect(isRole("hasOwnProperty")).toBe(false);
});

test("viewers and billing change no gateway and read no body", () => {
  const edits = roles.viewer.filter((permission) => !permission.endsWith(".read"));
  expect(edits).toEqual([]);
  expect((roles.billing as readonly string[]).includes("logs.read")).toBe(false);
});
