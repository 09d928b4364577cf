import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bunPackageNames } from "./bun-binary.mjs";

const bunPackage = bunPackageNames(process.platform, process.arch)[0];

/** A checkout of its own whose `npm ci` is a script: it counts its runs and lays down what the lock file names. */
function withCheckout(run) {
  return async () => {
    const root = mkdtempSync(join(tmpdir(), "headgate-install-"));
    try {
      mkdirSync(join(root, "gateway"));
      writeFileSync(join(root, "gateway/package.json"), JSON.stringify({ engines: { bun: "9.9.9" } }));
      writeLock(root, "9.9.9");
      writeFileSync(join(root, "npm-cli.mjs"), npmSource);
      await run(root);
    } finally {
      rmSync(root, { recursive: true });
    }
  };
}

const npmSource = `
  import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
  import { dirname } from "node:path";
  appendFileSync("npm-runs", process.argv.slice(2).join(" ") + "\\n");
  if (process.env.NPM_FAILS) process.exit(3);
  rmSync("node_modules", { recursive: true, force: true });
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const withoutTests = process.argv.includes("--omit=dev");
  const present = Object.entries(packages).filter(([, entry]) => !entry.elsewhere && !(entry.dev && withoutTests));
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const [path, { version }] of present) {
    mkdirSync(path + "/bin", { recursive: true });
    writeFileSync(path + "/package.json", JSON.stringify({ version }));
    writeFileSync(path + "/bin/bun", "#!/bin/sh\\necho " + version + "\\n");
    chmodSync(path + "/bin/bun", 0o755);
  }
  writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: Object.fromEntries(present) }));`;

function writeLock(root, version) {
  const packages = {
    [`node_modules/${bunPackage}`]: { version, optional: true },
    "node_modules/@oven/bun-for-another-machine": { version, optional: true, elsewhere: true },
    "node_modules/plain": { version: "1.0.0" },
    "node_modules/for-tests": { version: "1.0.0", dev: true },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
}

async function install(root, environment = {}, forTests = true) {
  const source = `
    import { ensureInstalled } from ${JSON.stringify(join(import.meta.dir, "install.mjs"))};
    const say = (message) => console.error(message);
    await ensureInstalled({ root: process.argv[1], say, forTests: ${forTests} }).then(console.log, (error) => {
      console.error(error.name + ": " + error.message);
      process.exitCode = 1;
    });`;
  const child = Bun.spawn([process.execPath, "-e", source, root], {
    env: { ...process.env, npm_execpath: join(root, "npm-cli.mjs"), ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, bunPath: stdout.trim(), said: stderr.trim() };
}

function npmRuns(root) {
  const path = join(root, "npm-runs");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

test(
  "installs once, then is silent",
  withCheckout(async (root) => {
    const first = await install(root);
    expect(first.said).toContain("installing the packages");
    expect(first.bunPath).toBe(join(root, "node_modules", bunPackage, "bin/bun"));
    expect(await install(root)).toEqual({ ...first, said: "" });
    expect(npmRuns(root)).toEqual([expect.stringMatching(/^ci .*--ignore-scripts/)]);
  }),
);

test(
  "processes that start together install once",
  withCheckout(async (root) => {
    const results = await Promise.all([install(root), install(root), install(root), install(root)]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(new Set(results.map(({ bunPath }) => bunPath)).size).toBe(1);
    expect(npmRuns(root)).toHaveLength(1);
  }),
);

test(
  "installs again when the lock file changed or Bun is gone",
  withCheckout(async (root) => {
    await install(root);
    writeLock(root, "9.9.10");
    writeFileSync(join(root, "gateway/package.json"), JSON.stringify({ engines: { bun: "9.9.10" } }));
    expect((await install(root)).exitCode).toBe(0);
    expect(npmRuns(root)).toHaveLength(2);
    rmSync(join(root, "node_modules", bunPackage), { recursive: true });
    expect((await install(root)).exitCode).toBe(0);
    expect(npmRuns(root)).toHaveLength(3);
  }),
);

test(
  "takes an installation that somebody made by hand, if it is complete",
  withCheckout(async (root) => {
    Bun.spawnSync([process.execPath, "npm-cli.mjs", "by hand"], { cwd: root });
    expect((await install(root)).exitCode).toBe(0);
    expect(npmRuns(root)).toHaveLength(1);
    rmSync(join(root, "node_modules/plain"), { recursive: true });
    rmSync(join(root, "node_modules/.headgate-install.json"));
    expect((await install(root)).exitCode).toBe(0);
    expect(npmRuns(root)).toHaveLength(2);
  }),
);

test(
  "what is for tests alone comes when it is wanted, once",
  withCheckout(async (root) => {
    const forTestsPath = join(root, "node_modules/for-tests");
    const run = () => install(root, {}, false);
    expect([(await run()).exitCode, (await run()).said, existsSync(forTestsPath)]).toEqual([0, "", false]);
    expect(npmRuns(root)).toEqual([expect.stringContaining("--omit=dev")]);
    expect([(await install(root)).exitCode, existsSync(forTestsPath)]).toEqual([0, true]);
    expect(npmRuns(root)[1]).toContain("--include=dev");
    expect([(await run()).said, (await install(root)).said, npmRuns(root).length]).toEqual(["", "", 2]);
    rmSync(join(root, "node_modules/.headgate-install.json"));
    expect([(await run()).said, (await install(root)).said, npmRuns(root).length]).toEqual(["", "", 2]);
  }),
);

test(
  "says what npm answered when it fails, and tries again the next time",
  withCheckout(async (root) => {
    const failed = await install(root, { NPM_FAILS: "1" });
    expect(failed).toMatchObject({ exitCode: 1, said: expect.stringContaining("npm ci ended with exit code 3") });
    expect((await install(root)).exitCode).toBe(0);
  }),
);

test(
  "refuses a Bun of another version and one that does not run",
  withCheckout(async (root) => {
    writeLock(root, "9.9.8");
    expect((await install(root)).said).toContain("is Bun 9.9.8, but this project is made for Bun 9.9.9");
    const bunPath = join(root, "node_modules", bunPackage, "bin/bun");
    writeFileSync(bunPath, "#!/bin/sh\nkill -ILL $$\n");
    chmodSync(bunPath, 0o755);
    expect((await install(root)).said).toContain("needs a CPU with AVX2");
  }),
);

test("knows the packages of each machine", () => {
  expect(bunPackageNames("darwin", "arm64")).toEqual(["@oven/bun-darwin-aarch64"]);
  expect(bunPackageNames("linux", "x64")).toEqual(["@oven/bun-linux-x64", "@oven/bun-linux-x64-musl"]);
  expect(bunPackageNames("win32", "x64")).toEqual([]);
  expect(bunPackageNames("linux", "riscv64")).toEqual([]);
});
