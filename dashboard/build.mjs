import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateApi } from "./generate-api.mjs";

/** Where the types of the API come from, and where they go, from the dashboard's folder on. */
const documentPath = "../docs/reference/openapi.json";
const generatedFolder = "src/api/generated";

/**
 * Builds `dist/` from `src/` and the API's description unless it was built from the same files before.
 * Processes may call this together: each writes a folder of its own and moves it into place whole.
 *
 * @param {string} folder the dashboard's folder
 * @param {(folder: string, outputPath: string) => Promise<void>} [bundle] makes the files; Vite when absent
 * @returns {Promise<boolean>} whether anything was built
 */
export async function buildDashboard(folder, bundle = bundleWithVite) {
  const distPath = join(folder, "dist");
  const key = sourceHash(folder);
  if (builtFrom(distPath) === key) return false;
  const draftPath = join(folder, `dist.draft-${process.pid}`);
  rmSync(draftPath, { recursive: true, force: true });
  try {
    generateApi(join(folder, documentPath), join(folder, generatedFolder));
    await bundle(folder, draftPath);
    writeFileSync(join(draftPath, ".built-from"), key);
    rmSync(distPath, { recursive: true, force: true });
    renameSync(draftPath, distPath);
  } catch (error) {
    rmSync(draftPath, { recursive: true, force: true });
    // Another process built the same files first.
    if (builtFrom(distPath) !== key) throw error;
  }
  return true;
}

async function bundleWithVite(folder, outputPath) {
  const [{ build }, { default: react }, { default: tailwind }] = await Promise.all([
    import("vite"),
    import("@vitejs/plugin-react"),
    import("@tailwindcss/vite"),
  ]);
  // Built from tests, where NODE_ENV is another, it would be React's slow and talkative form, and stay.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({
      root: join(folder, "src"),
      base: "/",
      configFile: false,
      logLevel: "warn",
      plugins: [react(), tailwind()],
      build: { outDir: outputPath, emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
    });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
}

function sourceHash(folder) {
  const own = ["./build.mjs", "./generate-api.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const hash = createHash("sha256");
  for (const path of [...own, join(folder, documentPath)]) hash.update(readFileSync(path));
  const sourcePath = join(folder, "src");
  const names = readdirSync(sourcePath, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((name) => !name.startsWith(join(folder, generatedFolder)))
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
