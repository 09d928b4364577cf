import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { hasHead, startScriptedUpstream } from "../support/scripted-upstream.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const samples = join(import.meta.dir, "../support/import-samples");

async function run(directory: string, ...args: readonly string[]) {
  await using command = runHeadgateProcess({ args, directory });
  const status = await command.exited();
  await Bun.sleep(20);
  return { status, out: command.stdout(), err: command.stderr() };
}

test("the configuration goes to stdout, what became of each line to stderr; the file loads", async () => {
  using folder = temporaryDirectory();
  for (const [kind, name] of [
    ["litellm", "litellm.yaml"],
    ["cloudflare", "cloudflare.json"],
    ["cloudflare", "terraform.tf.json"],
    ["portkey", "portkey.json"],
  ] as const) {
    const { status, out, err } = await run(folder.path, "import", kind, join(samples, name));
    expect(status).toBe(0);
    expect(err).toMatch(/\d+ mapped, \d+ to do by hand, \d+ not mapped, \d+ with nothing to do/);
    writeFileSync(join(folder.path, "headgate.yaml"), out);
    expect(await run(folder.path, "config", "check")).toMatchObject({ status: 0, err: "" });
  }
}, 30_000);

test("--out writes a file that only its owner reads, and overwrites none without --force", async () => {
  using folder = temporaryDirectory();
  const [source, out] = [join(samples, "terraform.tf.json"), join(folder.path, "made.yaml")];
  const first = await run(folder.path, "import", "cloudflare", source, "--out", "made.yaml");
  expect(first).toMatchObject({ status: 0, out: "" });
  expect(first.err).toEndWith("\nWritten to made.yaml\n");
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const text = readFileSync(out, "utf8");
  const again = await run(folder.path, "import", "cloudflare", source, "--out", "made.yaml");
  expect(again).toEqual({ status: 73, out: "", err: "made.yaml is already there; --force overwrites it\n" });
  writeFileSync(out, "old");
  expect((await run(folder.path, "import", "cloudflare", source, "--force", "--out", "made.yaml")).status).toBe(0);
  expect(readFileSync(out, "utf8")).toBe(text);
  const nowhere = await run(folder.path, "import", "cloudflare", source, "--out", "no/such/folder.yaml");
  expect([nowhere.status, nowhere.out]).toEqual([73, ""]);
}, 20_000);

test("bad files and words end with a status of their own and say what is wrong", async () => {
  using folder = temporaryDirectory();
  const write = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder.path, name), text);
    return name;
  };
  mkdirSync(join(folder.path, "folder"));
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [["litellm", write("broken.yaml", "model_list:\n  - model_name: [\n")], 78, "broken.yaml:3:1  invalid YAML"],
    [["portkey", write("twice.json", '{"retry": 1,\n "retry": 2}')], 78, "twice.json:2:2  the key is given twice"],
    [["portkey", write("word.json", "word")], 66, "word.json: expected a mapping or a list"],
    [["litellm", write("empty.yaml", "")], 66, "empty.yaml: expected a mapping or a list"],
    [["litellm", write("latin1.yaml", new Uint8Array([0xe9, 0x0a]))], 66, "latin1.yaml: it is not UTF-8 text"],
    [["cloudflare", write("main.tf", 'resource "cloudflare_ai_gateway" "x" {\n}\n')], 66, "terraform show -json"],
    [["litellm", "missing.yaml"], 66, "missing.yaml"],
    [["litellm", "folder"], 66, "folder"],
    [["litellm"], 64, "takes a file"],
    [["litellm", "a", "b"], 64, "Unexpected argument b"],
    [["litellm", "broken.yaml", "--quick"], 64, "Unknown option --quick"],
    [["litellm", "broken.yaml", "--gateway", "a b"], 64, "--gateway takes a name"],
    [["cloudflare", "broken.yaml", "--gateway", "a"], 64, "Unknown option --gateway"],
    [["kong", "broken.yaml"], 64, "Unknown command"],
  ];
  for (const [args, status, words] of cases) {
    const outcome = await run(folder.path, "import", ...args);
    expect([args, outcome.status, outcome.out]).toEqual([args, status, ""]);
    expect(outcome.err).toContain(words);
    expect(outcome.err).not.toContain("    at ");
  }
}, 60_000);

test("help tells what is taken", async () => {
  using folder = temporaryDirectory();
  const whole = await run(folder.path, "import", "--help");
  for (const word of ["cloudflare", "litellm", "portkey", "EXAMPLES"]) expect(whole.out).toContain(word);
  const one = await run(folder.path, "import", "litellm", "--help");
  for (const word of ["--out", "--force", "--account", "--gateway", "EXAMPLES"]) expect(one.out).toContain(word);
});

test("what was imported serves: a deployment's address, its pool of keys, its retries", async () => {
  using upstream = startScriptedUpstream({
    data(connection) {
      if (!hasHead(connection) || !connection.received.endsWith("}")) return;
      connection.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
    },
  });
  using folder = temporaryDirectory();
  const source = `
model_list:
  - model_name: house
    litellm_params:
      model: openai/house-70b
      api_base: ${upstream.url}/v1
      api_key: os.environ/HOUSE_KEY
router_settings: { num_retries: 2 }
`;
  writeFileSync(join(folder.path, "config.yaml"), source);
  const imported = await run(folder.path, "import", "litellm", "config.yaml", "--out", "headgate.yaml");
  expect(imported.err).toContain("HOUSE_KEY  key of custom-127-0-0-1-");
  await using gateway = runHeadgateProcess({
    directory: folder.path,
    environment: { HOUSE_KEY: "sk-of-the-house", HEADGATE_WORKERS: "0" },
  });
  const url = await servedUrl(gateway);
  const answer = await fetch(`${url}/v1/default/default/compat/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: `custom-127-0-0-1-${upstream.port}/house-70b`, messages: [] }),
  });
  expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  const received = upstream.connections[0]?.received ?? "";
  expect(received).toStartWith("POST /v1/chat/completions HTTP/1.1\r\n");
  expect(received).toContain("authorization: Bearer sk-of-the-house\r\n");
  expect(received).toContain('"model":"house-70b"');
}, 20_000);
