import { expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { stripComments } from "../support/strip-comments.ts";

const projectRoot = resolve(import.meta.dir, "../../..");
const sourceRoot = join(projectRoot, "gateway/src");

const storeAdapters = ["memory", "disk", "sqlite", "shared-memory", "postgres", "clickhouse", "valkey", "object"];
const adapterRooms = storeAdapters.map((name) => `stores/${name}`);
const ports = "stores/ports";
const questions = ["limits", "cache", "guardrails", "dlp"];

/** What a room of `gateway/src` may import. Rooms that wire others together are held only to `openRooms`. */
const borders: Readonly<Record<string, readonly string[]>> = {
  core: [],
  [ports]: ["core"],
  http1: ["core"],
  dialects: ["core"],
  routing: ["core"],
  config: ["core", "limits", "cache", "billing"],
  streaming: ["core", "dialects"],
  providers: ["core", "dialects"],
  prices: ["core", "dialects", "streaming"],
  ...Object.fromEntries(questions.map((room) => [room, ["core", ports]])),
  journal: ["core", ports],
  access: ["core"],
  settings: ["core", ports, "providers", "secrets", "access", "limits", "cache"],
  websocket: ["core", "http1"],
  management: ["core", ports, "access", "settings", "limits", "cache", "billing"],
  ledger: ["core", ports, "journal", "streaming"],
  analytics: ["core", ports, "access", "management"],
  logpush: ["core", ports, "spool"],
  billing: ["core", "spool"],
  spool: ["core"],
  ...Object.fromEntries(adapterRooms.map((room) => [room, ["core", ports, "analytics", ...adapterRooms]])),
  pipeline: [
    "core",
    ports,
    "http1",
    "dialects",
    "streaming",
    "providers",
    "prices",
    "routing",
    "settings",
    "access",
    "websocket",
    ...questions,
  ],
};

/** Rooms that may import every room but the command line and `main.ts`. */
const openRooms = ["http", "control", "supervisor", "telemetry", "secrets", "jobs", "backup", "doctor"];
const rooms = [...Object.keys(borders), ...openRooms, "cli"];

test("every folder of gateway/src is a room with a border", () => {
  const present = readdirSync(sourceRoot, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = present.flatMap(({ name }) =>
    name === "stores" ? readdirSync(join(sourceRoot, name)).map((store) => `stores/${store}`) : [name],
  );
  expect(names.filter((name) => !rooms.includes(name))).toEqual([]);
});

test("oxlint refuses exactly the imports that the borders forbid", () => {
  const imports = rooms.flatMap((from) => [...rooms, "main"].flatMap((to) => (from === to ? [] : [{ from, to }])));
  const refused = lintInCopy((folder) => {
    for (const from of rooms) {
      const lines = imports.filter((border) => border.from === from).map(({ to }) => importLine({ from, to }));
      for (const depth of ["", "deeper/"]) {
        const source = lines.map((line) => (depth === "" ? line : line.replace('"../', '"../../'))).join("\n");
        write(join(folder, "gateway/src", from, depth, "probe.ts"), source);
      }
    }
  });
  const forbidden = imports.filter(({ from, to }) => !mayImport(from, to));
  const expected = forbidden.flatMap(({ from, to }) => [`${from}/probe.ts → ${to}`, `${from}/deeper/probe.ts → ${to}`]);
  expect(forbidden.length).toBeGreaterThan(200);
  expect(refused.toSorted()).toEqual(expected.toSorted());
});

function mayImport(from: string, to: string): boolean {
  if (from === "cli") return true;
  if (to === "cli" || to === "main") return false;
  return borders[from]?.includes(to) ?? true;
}

function importLine({ from, to }: { from: string; to: string }): string {
  const target = to === "main" ? "main.ts" : `${to}/target.ts`;
  const specifier = relative(from, target);
  return `export * from "${specifier}";`;
}

test("oxlint refuses a dynamic import, a type import and the package's own name across a border", () => {
  const refused = lintInCopy((folder) => {
    write(join(folder, "gateway/src/core/dynamic.ts"), 'export const late = import("../http/target.ts");');
    write(join(folder, "gateway/src/core/typed.ts"), 'export type { Target } from "../http/target.ts";');
    write(join(folder, "gateway/src/core/named.ts"), 'export * from "headgate/src/http/target.ts";');
    write(join(folder, "gateway/src/core/fixture.test.ts"), 'export * from "../http/target.ts";');
  });
  expect(refused.map((line) => line.split(" ")[0]).toSorted()).toEqual([
    "core/dynamic.ts",
    "core/named.ts",
    "core/typed.ts",
  ]);
});

/** Lints a temporary folder that has this project's rules; answers `file → room` for each refused import. */
function lintInCopy(fill: (folder: string) => void): string[] {
  const folder = mkdtempSync(join(tmpdir(), "headgate-borders-"));
  try {
    cpSync(join(projectRoot, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    fill(folder);
    const linter = join(projectRoot, "node_modules/oxlint/bin/oxlint");
    // Into a file: the linter ends without waiting for a pipe to take all it said.
    const reportPath = join(folder, "report.json");
    const command = [process.execPath, "--bun", linter, "-f", "json", "gateway"];
    const run = Bun.spawnSync(command, { cwd: folder, stdout: Bun.file(reportPath) });
    expect(run.exitCode).toBe(1);
    const { diagnostics } = JSON.parse(readFileSync(reportPath, "utf8")) as LintReport;
    const borderCrossings = diagnostics.filter(({ code }) => code.includes("no-restricted-imports"));
    return borderCrossings.map(({ filename, message }) => {
      const file = relative("gateway/src", filename);
      const target = join(dirname(file), /'([^']+)'/.exec(message)?.[1] ?? "");
      return `${file} → ${target.replace(/\/target\.ts$|\.ts$/, "")}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface LintReport {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string; readonly message: string }[];
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${content}\n`);
}

const vendorNames = [
  "openai|anthropic|claude|gemini|google|vertex-?ai|azure|bedrock|sagemaker|amazonaws|cohere|mistral|groq|grok|deepseek",
  "perplexity|cerebras|openrouter|hugging-?face|replicate\\.com|baseten|cartesia|elevenlabs|deepgram|fal\\.run|ideogram",
  "fireworks|workers-?ai|ollama|watsonx|moonshot|voyageai|x\\.ai",
];
const vendorPattern = new RegExp(vendorNames.join("|"), "i");
const vendorRooms = new Set(["providers", "dialects"]);

/** Text shown to people, with calls and commands to paste; an example has to name somebody. */
const exampleFiles = new Set(["cli/first-use-example.ts", "cli/command-help.ts"]);

/** Ids of wire formats, which users write into their configuration; allowed where it is read. */
const dialectIds = /["'`](?:openai-chat|openai-responses|anthropic-messages|gemini|cohere|ollama)["'`]/g;

test("no vendor is named in code outside providers/ and dialects/", () => {
  expect(stripComments('const host = "api.OpenAI.com"; // as OpenAI says')).toMatch(vendorPattern);
  const files = sourceFiles();
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((path) => {
    const room = relative(sourceRoot, path).split("/")[0] as string;
    if (vendorRooms.has(room) || exampleFiles.has(relative(sourceRoot, path))) return [];
    const code = stripComments(readFileSync(path, "utf8"));
    return linesMatching(room === "config" ? code.replaceAll(dialectIds, "") : code, vendorPattern, path);
  });
  expect(found).toEqual([]);
});

function sourceFiles(): string[] {
  const names = readdirSync(sourceRoot, { recursive: true, encoding: "utf8" });
  // Tests may send what a vendor's client sends.
  return names.filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => join(sourceRoot, name));
}

test("no source file is longer than 400 lines", () => {
  const sources = projectFiles().filter((path) => /\.(?:ts|tsx|mjs|js|css)$/.test(path));
  expect(sources.length).toBeGreaterThan(40);
  const long = sources.filter((path) => readFileSync(path, "utf8").split("\n").length > 401);
  expect(long.map((path) => relative(projectRoot, path))).toEqual([]);
});

test("every link between the documents leads to a file", () => {
  const documents = projectFiles().filter((path) => path.endsWith(".md"));
  const links = documents.flatMap((path) => {
    const targets = [...readFileSync(path, "utf8").matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
    return targets.map(([, target]) => ({ path, target: target as string }));
  });
  expect(links.length).toBeGreaterThan(20);
  const dead = links.filter(({ path, target }) => !existsSync(join(dirname(path), target)));
  expect(dead.map(({ path, target }) => `${relative(projectRoot, path)} → ${target}`)).toEqual([]);
});

test("no file holds a path of somebody's machine", () => {
  const folders = ["home/[a-z_]", "root/", "Users/[A-Za-z]", "work/", "workspace/"];
  const pattern = new RegExp(`(?:^|[\\s"'\`(=:,])/(?:${folders.join("|")})`);
  for (const folder of ["home", "root", "work"]) expect(`see "/${folder}/someone/notes"`).toMatch(pattern);
  const here = [projectRoot, homedir()].filter((path) => path.split("/").length > 2);
  const patterns = [pattern, ...here.map((path) => new RegExp(RegExp.escape(path)))];
  const found = projectFiles().flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return patterns.flatMap((unwanted) => linesMatching(text, unwanted, path));
  });
  expect(found).toEqual([]);
});

function linesMatching(text: string, pattern: RegExp, path: string): string[] {
  if (!pattern.test(text)) return [];
  const lines = text.split("\n");
  const hits = lines.flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
  return hits.map((line) => `${relative(projectRoot, path)}:${line}`);
}

const notOurs = new Set(["node_modules", ".git", ".headgate", "dist", "data", "coverage", "generated"]);
const textFile =
  /\.(?:ts|tsx|mjs|js|json|md|yaml|yml|html|css|toml|txt|sh|conf)$|(?:^|\/)(?:run|LICENSE|NOTICE|\.[a-z]+)$/;

function projectFiles(folder = projectRoot): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (notOurs.has(entry.name)) return [];
    if (entry.isDirectory()) return projectFiles(path);
    return entry.isFile() && textFile.test(path) ? [path] : [];
  });
}
