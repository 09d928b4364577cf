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
import { writeSbom } from "./write-sbom.mjs";

/**
 * From the project's folder on: the entry that names the files to take along, and the program. What Bun makes depends on both paths, so
 * they are the same wherever the result is to go: equal sources give equal bytes.
 */
const entryPath = "gateway/dist/packaged-main.ts";
const programPath = "gateway/dist/headgate";
/** The thread that makes vectors of questions: a program of its own, found beside the entry by the name it has in the sources. */
const threadPath = "gateway/dist/encoder-thread.ts";
const threadSource = "gateway/src/control/semantic/encoder-thread.ts";

// `npm run build:binary`: the gateway with its dashboard as one program that needs nothing beside it. `--out PATH` names
// another place than dist/headgate, `--target` another machine than this one, as Bun names it (bun-linux-arm64). The bill of materials
// is written beside it.
await runScript(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" }, target: { type: "string" } } });
  const outPath = resolve(values.out ?? join(projectRoot, "dist/headgate"));
  const bunPath = await bootstrap({ forTests: false });
  writeEntry({ dashboard: join(projectRoot, "dashboard/dist"), documentation: join(projectRoot, "docs") });
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
  writeSbom(projectRoot, `${outPath}.cdx.json`);
  console.log(`${relative(process.cwd(), outPath) || outPath}  ${megabytes} MB  sha256 ${hash}`);
  return 0;
});

/** Writes the program: `gateway/src/main.ts` with the files of each of `directories` inside in their place. */
function writeEntry(directories) {
  const folder = join(projectRoot, dirname(entryPath));
  const specifier = (path) => JSON.stringify(relative(folder, path).split(sep).join("/"));
  const source = (path) => join(projectRoot, "gateway/src", path);
  const imports = [];
  const maps = Object.entries(directories).map(([name, directory]) => {
    const lines = filesBelow(directory).map((path) => {
      imports.push(`import file${imports.length} from ${specifier(path)} with { type: "file" };`);
      const urlPath = JSON.stringify(`/${relative(directory, path).split(sep).join("/")}`);
      return `    [${urlPath}, file${imports.length - 1} as unknown as string],`;
    });
    return [`  ${name}: new Map<string, string>([`, ...lines, "  ]),"];
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(projectRoot, threadPath), `import ${specifier(join(projectRoot, threadSource))};\n`);
  writeFileSync(
    join(projectRoot, entryPath),
    [
      `import { runHeadgate } from ${specifier(source("cli/run-headgate.ts"))};`,
      ...imports,
      "",
      "await runHeadgate({",
      `  loadStartProxy: async () => (await import(${specifier(source("http/start-proxy.ts"))})).startProxy,`,
      ...maps.flat(),
      "});",
      "",
    ].join("\n"),
  );
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
}

/** @throws {SetupError} when Bun cannot compile it. */
function compile(bunPath, target) {
  const options = ["--compile", "--minify", "--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  // Its weights are files of 28 MB; a program of one file says that it has none.
  const left = ["--external=@energetic-ai/*"];
  const machine = target === null ? [] : [`--target=${target}`];
  const made = spawnSync(
    bunPath,
    ["build", ...options, ...left, ...machine, entryPath, threadPath, "--outfile", programPath],
    {
      cwd: projectRoot,
      encoding: "utf8",
    },
  );
  if (made.status !== 0) throw new SetupError(`The binary could not be made:\n${made.stderr || made.stdout}`);
}
