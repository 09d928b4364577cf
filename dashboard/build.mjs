import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Builds `dist/` from `src/` unless it was built from the same files before.
 * Processes may call this together: each writes a folder of its own and moves it into place whole.
 *
 * @param {string} folder the dashboard's folder
 * @returns {boolean} whether anything was built
 */
export function buildDashboard(folder) {
  const sourcePath = join(folder, "src");
  const distPath = join(folder, "dist");
  const key = sourceHash(sourcePath);
  if (builtFrom(distPath) === key) return false;
  const draftPath = join(folder, `dist.draft-${process.pid}`);
  rmSync(draftPath, { recursive: true, force: true });
  mkdirSync(draftPath);
  cpSync(sourcePath, draftPath, { recursive: true });
  writeFileSync(join(draftPath, ".built-from"), key);
  rmSync(distPath, { recursive: true, force: true });
  try {
    renameSync(draftPath, distPath);
  } catch (error) {
    rmSync(draftPath, { recursive: true, force: true });
    // Another process built the same files first.
    if (builtFrom(distPath) !== key) throw error;
  }
  return true;
}

function sourceHash(sourcePath) {
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  const names = readdirSync(sourcePath, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
  for (const name of names) hash.update(name.slice(sourcePath.length)).update("\0").update(readFileSync(name));
  return hash.digest("hex");
}

function builtFrom(distPath) {
  try {
    return readFileSync(join(distPath, ".built-from"), "utf8");
  } catch {
    return "";
  }
}
