import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import packageDescription from "../../package.json" with { type: "json" };
import { startChatUpstream } from "../support/chat-upstream.ts";
import {
  type HeadgateProcess,
  isProcessAlive,
  runHeadgateProcess,
  servedUrl,
  workerPids,
} from "../support/headgate-process.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const projectRoot = resolve(import.meta.dir, "../../..");
const built = temporaryDirectory();
const executable = join(built.path, "headgate");
/** Nothing of this machine is to be found by name. */
const bareEnvironment = { PATH: "", HOME: "", NODE_PATH: "" };

function build(outPath: string): string {
  const script = join(projectRoot, "scripts/build-binary.mjs");
  const run = Bun.spawnSync([process.execPath, script, "--out", outPath], { cwd: built.path });
  if (!run.success) throw new Error(run.stderr.toString());
  return run.stdout.toString();
}

beforeAll(() => {
  build(executable);
}, 60_000);
const places: Disposable[] = [];
afterAll(() => {
  built[Symbol.dispose]();
  for (const place of places) place[Symbol.dispose]();
});

test("one binary in an empty directory with an empty PATH serves traffic, the dashboard, the documentation and the command line", async () => {
  using upstream = streamingUpstream(3, 0);
  await using headgate = runHeadgateProcess({
    executable,
    yaml: upstream.yaml,
    environment: { ...bareEnvironment, HEADGATE_WORKERS: "2" },
  });
  const url = await servedUrl(headgate);
  const ask = (): Promise<Response> =>
    fetch(`${url}/v1/default/default/openai/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
      body: '{"model":"sample","stream":true}',
    });
  expect(await (await ask()).text()).toEndWith("[DONE]\n\n");

  const page = await (await fetch(`${url}/`)).text();
  const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] as string);
  const inside = readdirSync(join(projectRoot, "dashboard/dist/assets"));
  expect(assets.length).toBeGreaterThan(1);
  for (const path of [...assets, ...inside.map((name) => `/assets/${name}`)]) {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    const expected = readFileSync(join(projectRoot, "dashboard/dist", path));
    expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
  }
  for (const path of ["/docs/api", "/docs", "/docs/guides/cache-answers", "/docs/decisions/0014-cache"]) {
    expect(await (await fetch(url + path)).text()).toContain("</h1>");
  }
  const picture = await fetch(`${url}/docs/pictures/processes.svg`);
  expect(picture.headers.get("content-type")).toStartWith("image/svg+xml");
  expect(await picture.text()).toBe(readFileSync(join(projectRoot, "docs/pictures/processes.svg"), "utf8"));

  const command = async (...args: string[]): Promise<string> => {
    const environment = { ...bareEnvironment, PORT: new URL(url).port };
    await using one = runHeadgateProcess({ executable, args, directory: headgate.directory, environment });
    const status = await one.exited();
    await Bun.sleep(20);
    return `${status} ${one.stdout()}${one.stderr()}`;
  };
  expect(await command("version")).toBe(`0 ${packageDescription.version}\n`);
  expect(await command("config", "schema")).toContain('"timeouts"');
  expect(await command("tail", "--since-start", "--limit", "1", "--json")).toContain('"model":"sample"');
  // Price data is inside.
  expect(await command("prices", "--provider", "openai", "--model", "gpt-4o")).toContain("input_per_million");

  // Commands that run the program again in a role of its own.
  expect(await command("doctor", "--offline")).toMatch(/^0 [^]*headgate\.db is sound/);
  expect(await command("backup", "kept.tar")).toStartWith("0 kept.tar: ");
  expect(existsSync(join(headgate.directory, "kept.tar"))).toBe(true);

  const [first] = workerPids(headgate) as [number];
  process.kill(first, "SIGKILL");
  await headgate.until(() => headgate.logged("child_restarted").length === 1);
  expect(await (await ask()).text()).toEndWith("[DONE]\n\n");
  const restarted = headgate.logged("child_restarted")[0]?.["childPid"] as number;
  expect(readFileSync(`/proc/${restarted}/cmdline`, "utf8").split("\0").slice(0, 3)).toEqual([
    executable,
    "role",
    "worker",
  ]);
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
  expect(isProcessAlive(restarted)).toBe(false);
}, 60_000);

test("it compares questions with a module of one's own, and says that it has no model itself", async () => {
  using upstream = startChatUpstream();
  const letters = `export default () => (text) => Array.from({ length: 26 }, (_, at) =>
    text.toLowerCase().split(String.fromCharCode(97 + at)).length - 1);`;
  const start = (encoder: string): HeadgateProcess => {
    const place = temporaryDirectory();
    places.push(place);
    writeFileSync(join(place.path, "letters.mjs"), letters);
    const yaml = `providers: { openai: { base_url: "${upstream.url}" } }
accounts: { default: { gateways: { default: { cache_ttl: 60, cache_semantic: 0.6 } } } }
cache: { semantic: { ${encoder}, timeout_ms: 5000 } }`;
    return runHeadgateProcess({ executable, directory: place.path, yaml, environment: bareEnvironment });
  };
  const ask = async (url: string, content: string): Promise<string | null> => {
    const answer = await fetch(`${url}/v1/default/default/openai/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
    });
    await answer.text();
    return answer.headers.get("cf-aig-cache-similarity");
  };
  await using own = start("encoder: module, module: ./letters.mjs");
  const url = await servedUrl(own);
  for (let attempt = 0; (await ask(url, `${"Please, ".repeat(attempt)}how do I boil an egg?`)) === null; attempt += 1) {
    expect(attempt).toBeLessThan(20);
    await Bun.sleep(50);
  }
  await using packaged = start("encoder: packaged");
  const otherUrl = await servedUrl(packaged);
  for (let attempt = 0; packaged.logged("semantic_encoder_failed").length === 0; attempt += 1) {
    expect(attempt).toBeLessThan(20);
    await ask(otherUrl, `Question ${attempt}`);
    await Bun.sleep(50);
  }
  expect(packaged.logged("semantic_encoder_failed")[0]?.["problem"]).toContain("is not part of this program");
}, 60_000);

test("the same sources make the same bytes, wherever they are to go", () => {
  const again = join(built.path, "elsewhere/other-name");
  const told = build(again);
  const hash = (path: string): string => Bun.SHA256.hash(readFileSync(path), "hex");
  expect(hash(again)).toBe(hash(executable));
  expect(told).toContain(hash(again));
}, 60_000);
