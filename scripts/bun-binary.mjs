import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./setup-error.mjs";

const architectures = { x64: "x64", arm64: "aarch64" };

/**
 * Names of the npm packages that may hold the Bun binary of a machine, the likelier one first.
 * npm installs only the one whose `os`, `cpu` and `libc` fit. Empty when Bun is not offered for the machine.
 *
 * @param {string} platform as `process.platform` says it
 * @param {string} architecture as `process.arch` says it
 * @returns {string[]}
 */
export function bunPackageNames(platform, architecture) {
  const suffix = architectures[architecture];
  if (suffix === undefined) return [];
  if (platform === "darwin") return [`@oven/bun-darwin-${suffix}`];
  if (platform === "linux") return [`@oven/bun-linux-${suffix}`, `@oven/bun-linux-${suffix}-musl`];
  return [];
}

/** Paths, relative to `root`, of the Bun binaries that are there for this machine. */
export function installedBunBinaries(root) {
  const candidates = bunPackageNames(process.platform, process.arch).map((name) =>
    join("node_modules", name, "bin", "bun"),
  );
  return candidates.filter((path) => existsSync(join(root, path)));
}

/** The Bun version this project is made for, from `gateway/package.json`. */
function pinnedBunVersion(root) {
  return JSON.parse(readFileSync(join(root, "gateway", "package.json"), "utf8")).engines.bun;
}

/**
 * The installed Bun binary after it was asked for its version.
 *
 * @param {string} root the project's folder
 * @returns {{ path: string, version: string, sizeBytes: number }} `path` is relative to `root`
 * @throws {SetupError} when the platform has no Bun, the binary is missing, does not run, or is of another version
 */
export function checkedBunBinary(root) {
  const names = bunPackageNames(process.platform, process.arch);
  if (names.length === 0) {
    throw new SetupError(
      `Headgate runs on Linux and macOS, on x64 and arm64; this machine is ${process.platform}-${process.arch}.\n` +
        "On Windows, use the Windows Subsystem for Linux.",
    );
  }
  const installed = installedBunBinaries(root);
  if (installed.length === 0) {
    throw new SetupError(
      `No Bun binary for ${process.platform}-${process.arch} is installed (looked for ${names.join(", ")}).\n` +
        "It is an optional dependency: check that npm is not told to leave those out, then run `npm ci --ignore-scripts`.",
    );
  }
  const wanted = pinnedBunVersion(root);
  const answers = installed.map((path) => askVersion(root, path));
  // An npm that knows nothing of libc installs both Linux builds; only one of them runs.
  const working = answers.find((answer) => answer.version !== "");
  if (working === undefined) throw new SetupError(doesNotRun(answers[0]));
  if (working.version !== wanted) {
    throw new SetupError(
      `${working.path} is Bun ${working.version}, but this project is made for Bun ${wanted}.\n` +
        "Run `npm ci --ignore-scripts`.",
    );
  }
  return { path: working.path, version: working.version, sizeBytes: statSync(join(root, working.path)).size };
}

function askVersion(root, path) {
  const answer = spawnSync(join(root, path), ["--version"], { encoding: "utf8", timeout: 10_000 });
  if (answer.status === 0) return { path, version: answer.stdout.trim(), fault: "" };
  return { path, version: "", fault: answer.signal ?? answer.error?.message ?? `exit code ${answer.status}` };
}

function doesNotRun({ path, fault }) {
  const hint = fault === "SIGILL" ? "\nThis build of Bun needs a CPU with AVX2." : "";
  return `${path} does not run on this machine: ${fault}.${hint}`;
}
