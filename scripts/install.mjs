import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { checkedBunBinary, installedBunBinaries } from "./bun-binary.mjs";
import { withInstallLock } from "./install-lock.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Makes `node_modules` what `package-lock.json` says and answers the Bun binary in it. Costs one hash and two file
 * look-ups when nothing changed since the last time; otherwise runs `npm ci` once, however many processes ask together.
 *
 * @param {{ root: string, say: (message: string) => void, forTests?: boolean }} options `forTests` (default true) wants the packages
 *   of checks and tests too, most of all there are; without it, what is installed for them does as well
 * @returns {Promise<string>} absolute path of the Bun binary
 * @throws {SetupError} when npm fails, or the machine has no usable Bun
 */
export async function ensureInstalled({ root, say, forTests = true }) {
  const known = stampedBun(root, forTests);
  if (known !== undefined) return known;
  return await withInstallLock(join(root, ".headgate"), () => install({ root, say, forTests }), say);
}

async function install({ root, say, forTests }) {
  const doneMeanwhile = stampedBun(root, forTests);
  if (doneMeanwhile !== undefined) return doneMeanwhile;
  const isComplete = isInstalledByHand(root, true);
  if (!isComplete && (forTests || !isInstalledByHand(root, false))) {
    const what = forTests ? "the packages of package-lock.json, those of the tests too" : "the packages it runs on";
    say(`installing ${what} (npm ci); this is done once`);
    await runNpmCi(root, forTests);
  }
  const bun = checkedBunBinary(root);
  writeFileSync(stampPath(root), JSON.stringify({ install: installKey(root), hasTests: forTests || isComplete, bun }));
  return join(root, bun.path);
}

/** Lives inside node_modules, so that removing those removes it. */
function stampPath(root) {
  return join(root, "node_modules", ".headgate-install.json");
}

/** What an installation depends on: the lock file and the machine. */
function installKey(root) {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${process.platform}-${process.arch}-${hash}`;
}

function stampedBun(root, forTests) {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(root), "utf8"));
    const path = join(root, stamp.bun.path);
    const isEnough = stamp.install === installKey(root) && (stamp.hasTests || !forTests);
    if (isEnough && statSync(path).size === stamp.bun.sizeBytes) return path;
  } catch {
    // No stamp, or none that can be read: the same as not installed.
  }
  return undefined;
}

/**
 * Whether somebody ran `npm ci` or `npm install` himself, `withTests` or at least as far as the gateway needs it. npm keeps a list of what it installed in
 * `node_modules/.package-lock.json`; optional packages of other machines are rightly absent from it.
 */
function isInstalledByHand(root, withTests) {
  const listPath = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(listPath) || installedBunBinaries(root).length === 0) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(listPath, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.link || (entry.dev === true && !withTests)) return true;
    const isThere = present[path] !== undefined && existsSync(join(root, path, "package.json"));
    return isThere ? present[path].version === entry.version : entry.optional === true;
  });
}

async function runNpmCi(root, forTests) {
  const scope = forTests ? "--include=dev" : "--omit=dev";
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", scope, "--include=optional"];
  // Packages that want a newer Node run on Bun here, so npm's warnings about that would only puzzle.
  const npmArguments = ["ci", ...options, "--loglevel=error"];
  const runningNpm = process.env.npm_execpath ?? "";
  const [command, commandArguments] = basename(runningNpm).startsWith("npm-cli")
    ? [process.execPath, [runningNpm, ...npmArguments]]
    : ["npm", npmArguments];
  const exitCode = await new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  }).catch((error) => {
    throw new SetupError(`npm could not be started: ${error.message}`);
  });
  if (exitCode !== 0) throw new SetupError(`npm ci ended with exit code ${exitCode}; its message stands above.`);
}
