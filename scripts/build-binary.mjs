import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runScript, SetupError } from "./setup-error.mjs";

/**
 * From the project's folder on: the entry that names the files to take along, and the program. What Bun makes depends on both paths, so
 * they are the same wherever the result is to go: equal sources give equal bytes.
 */
const entryPath = "gateway/dist/packaged-main.ts";
const programPath = "gateway/dist/headgate";

// `npm run build:binary`: the gateway with its dashboard as one program that needs nothing beside it. `--out PATH` names
// another place than dist/headgate, `--target` another machine than this one, as Bun names it (bun-linux-arm64).
await runScript(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" }, target: { type: "string" } } });
  const outPath = resolve(values.out ?? join(projectRoot, "dist/headgate"));
  const bunPath = await bootstrap({ forTests: false });
  writeEntry(join(projectRoot, "dashboard/dist"));
  mkdirSync(dirname(outPath), { recursive: true });
  try {
    compile(bunPath, values.target ?? null);
    // A program that runs cannot be written over, only replaced.
    copyFileSync(join(projectRoot, programPath), `${outPath}.new`);
    renameSync(`${outPath}.new`, outPath);
  } finally {
    rmSync(join(projectRoot, dirname(entryPath)), { recursive: true, force: true });
  }
  const hash = createHash("sha256").update(readFileSync(outPath)).digest("hex");
  const megabytes = (statSync(outPath).size / 1e6).toFixed(1);
  console.log(`${relative(process.cwd(), outPath) || outPath}  ${megabytes} MB  sha256 ${hash}`);
  return 0;
});

/** Writes the program: `gateway/src/main.ts` with the dashboard's files inside in place of a directory. */
function writeEntry(dashboardPath) {
  const paths = readdirSync(dashboardPath, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
  const folder = join(projectRoot, dirname(entryPath));
  const specifier = (path) => JSON.stringify(relative(folder, path).split(sep).join("/"));
  const urlPath = (path) => JSON.stringify(`/${relative(dashboardPath, path).split(sep).join("/")}`);
  const source = (path) => join(projectRoot, "gateway/src", path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(projectRoot, entryPath),
    [
      `import { runHeadgate } from ${specifier(source("cli/run-headgate.ts"))};`,
      ...paths.map((path, index) => `import file${index} from ${specifier(path)} with { type: "file" };`),
      "",
      "await runHeadgate({",
      `  loadStartProxy: async () => (await import(${specifier(source("http/start-proxy.ts"))})).startProxy,`,
      "  dashboard: new Map<string, string>([",
      ...paths.map((path, index) => `    [${urlPath(path)}, file${index} as unknown as string],`),
      "  ]),",
      "});",
      "",
    ].join("\n"),
  );
}

/** @throws {SetupError} when Bun cannot compile it. */
function compile(bunPath, target) {
  const options = ["--compile", "--minify", "--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  const machine = target === null ? [] : [`--target=${target}`];
  const made = spawnSync(bunPath, ["build", ...options, ...machine, entryPath, "--outfile", programPath], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new SetupError(`The binary could not be made:\n${made.stderr || made.stdout}`);
}
