import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDashboard } from "./build.mjs";

test("builds what is stale and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "headgate-dashboard-"));
  try {
    mkdirSync(join(folder, "src/deep"), { recursive: true });
    writeFileSync(join(folder, "src/index.html"), "one");
    writeFileSync(join(folder, "src/deep/style.css"), "body {}");
    expect([buildDashboard(folder), buildDashboard(folder)]).toEqual([true, false]);
    writeFileSync(join(folder, "src/index.html"), "two");
    rmSync(join(folder, "src/deep/style.css"));
    expect([buildDashboard(folder), buildDashboard(folder)]).toEqual([true, false]);
    expect(readFileSync(join(folder, "dist/index.html"), "utf8")).toBe("two");
    expect(readdirSync(join(folder, "dist/deep"))).toEqual([]);
    rmSync(join(folder, "dist"), { recursive: true });
    expect(buildDashboard(folder)).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(["dist", "src"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
