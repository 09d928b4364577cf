import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allPermissionGroups, permissionGroups } from "./permission-groups.ts";
import { allPermissions, openPermissions, permissions } from "./permissions.ts";
import { allRoles, roles } from "./roles.ts";

const page = readFileSync(join(import.meta.dir, "../../../docs/reference/permissions.md"), "utf8");

/** Cells of every row of the table below a heading. */
function rowsBelow(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) => line.slice(2, -2).split(" | "));
}

test("docs/reference/permissions.md and the table of permissions say the same", () => {
  const expected = allPermissions.map((name) => [
    `\`${name}\``,
    permissions[name].scope === "account" ? "an account" : "all accounts",
    permissions[name].allows,
    allRoles.filter((role) => (roles[role] as readonly string[]).includes(name)).join(", "),
  ]);
  expect(rowsBelow("Permissions")).toEqual(expected);
});

test("it tells what is for everybody", () => {
  expect(rowsBelow("For everybody")).toEqual(
    Object.entries(openPermissions).map(([name, allows]) => [`\`${name}\``, allows]),
  );
});

test("it tells what each permission group grants", () => {
  const expected = allPermissionGroups.map((name) => {
    const granted: readonly string[] = permissionGroups[name];
    return [
      name,
      granted.length === allPermissions.length ? "everything" : granted.map((each) => `\`${each}\``).join(", "),
    ];
  });
  expect(rowsBelow("Permission groups")).toEqual(expected);
});
