import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type HeadgateProcess, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { type Pasted, pasteCommands, shellBlocks } from "../support/pasted-commands.ts";

const root = resolve(import.meta.dir, "../../..");
const page = (path: string): string => readFileSync(join(root, path), "utf8");
const tools = ["sh", "curl", "node"].filter((name) => Bun.which(name) === null);
const name = "every command can be pasted";
if (tools.length > 0) console.log(`skipped: ${name}: there is no ${tools.join(" and no ")} here`);
/** A start, and a page full of commands each of which starts a process. */
const PASTE_MS = 180_000;

/** A provider that knows two models. */
function startProvider() {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (request.headers.get("authorization") !== "Bearer sk-your-key") return new Response("no key", { status: 401 });
      const { model } = (await request.json()) as { model: string };
      if (model === "no-such-model") return Response.json({ error: { message: "no such model" } }, { status: 404 });
      const choices = [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }];
      const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
      return Response.json({ id: "c", object: "chat.completion", created: 1, model, choices, usage });
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const to = `{ base_url: "${url}/v1" }`;
  return {
    url,
    yaml: `providers: { openai: ${to}, huggingface: ${to} }\n`,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

async function started(yaml: string): Promise<HeadgateProcess & { readonly token: string }> {
  const headgate = runHeadgateProcess({ executable: "node", args: [join(root, "scripts/start.mjs")], yaml });
  const token = await headgate.until(() => /(hg_\S+)$/m.exec(headgate.stdout())?.[1]);
  return { ...headgate, token };
}

/** @param replaced what a reader writes in the place of what the page has. */
async function paste(
  headgate: HeadgateProcess & { readonly token: string },
  blocks: readonly string[],
  replaced: Readonly<Record<string, string>>,
): Promise<readonly Pasted[]> {
  const url = await servedUrl(headgate);
  return pasteCommands(blocks, {
    url,
    directory: headgate.directory,
    replaced,
    environment: {
      PORT: new URL(url).port,
      OPENAI_API_KEY: "sk-your-key",
      HF_TOKEN: "sk-your-key",
      TOKEN: headgate.token,
    },
  });
}

const printedBy = (pasted: readonly Pasted[], part: string): string =>
  pasted.find(({ commands }) => commands.includes(part))?.printed ?? "";

test.skipIf(tools.length > 0)(
  `docs/start.md: ${name}`,
  async () => {
    using provider = startProvider();
    await using headgate = await started(provider.yaml);
    const [start, ...blocks] = shellBlocks(page("docs/start.md"));
    expect(start).toBe("npm start\n");
    const pasted = await paste(headgate, blocks, {
      "hg_your-token": headgate.token,
      // The reader's provider is OpenAI; here another stands in for it.
      "accounts:\n": `${provider.yaml}accounts:\n`,
    });
    const said = (part: string): string => printedBy(pasted, part);
    expect(said('Say hello"')).toMatch(/^HTTP\/1.1 200 [^]*cf-aig-cost: 0\.\d+[^]*"content":"Hello\."/);
    expect(said("headgate -- logs\n")).toMatch(/openai.*gpt-4o-mini/);
    expect(said("for turn in")).toMatch(/cf-aig-cache-status: MISS[^]*cf-aig-cache-status: HIT/);
    expect(said("for turn in")).toMatch(/^cf-aig-budget-remaining: 49\.9\d*\r?$/m);
    expect(said("for turn in")).toMatch(/^ratelimit: "gateway";r=99/m);
    expect(said("no-such-model")).toContain("cf-aig-step: 1");
    expect(said("provider_configs")).toContain('"success":true');
    expect(said("without a key")).toContain('"content":"Hello."');
    expect(said("tokens create")).toMatch(/hg_\S{20}/);
    expect(said("measures=requests,cost")).toContain("gpt-4o-mini");
    expect(said("measures=requests,cost")).toContain("no-such-model");
    expect(said("doctor")).toContain("ok       databases");
    expect(existsSync(join(headgate.directory, "first.tar"))).toBe(true);
  },
  PASTE_MS,
);

test.skipIf(tools.length > 0)(
  `README.md: ${name}`,
  async () => {
    using provider = startProvider();
    await using headgate = await started(provider.yaml);
    const [start, check, ...blocks] = shellBlocks(page("README.md"));
    // The first is what this test begins with, the second what it is part of.
    expect([start, check]).toEqual(["npm start\n", "npm test\n"]);
    const pasted = await paste(headgate, blocks, {});
    const said = (part: string): string => printedBy(pasted, part);
    expect(said('"content":"Say hello"')).toContain('"content":"Hello."');
    expect(said("headgate -- logs\n")).toMatch(/openai.*gpt-4o-mini/);
    expect(said('"provider": "huggingface"')).toContain('"content":"Hello."');
    expect(said("logs?search=hello")).toMatch(
      /"success":true[^]*gpt-4o-mini[^]*"columns"[^]*gpt-4o-mini[^]*headgate_requests_total/,
    );
    expect(said("doctor")).toContain("ok       databases");
    expect(existsSync(join(headgate.directory, "today.tar"))).toBe(true);
  },
  PASTE_MS,
);

/** Guides by what their commands are to print. */
const guides: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "add-a-provider.md": {
    "default/openai/": /"content":"Hello\."/,
    "config check": /^OK: headgate\.yaml/m,
    "prices set": /"content":"Hello\."[^]*custom-vllm\/house-model/,
  },
  "set-a-budget.md": {
    "config check": /^OK: headgate\.yaml/m,
    "cf-aig-budget-remaining": /^cf-aig-budget-remaining: 49\.99\d*\r?$/m,
    "budgets/per-team/usage": /"success":true[^]*0\.0000\d+/,
  },
  "find-an-expensive-request.md": {
    "1. Which model": /"openai","gpt-4o-mini",0\.0000\d+[^]*"user"[^]*"time"/,
    "4. Which requests": /gpt-4o-mini[^]*\n\{"id"/,
  },
};

test.skipIf(tools.length > 0).each(Object.entries(guides))(
  `docs/guides/%s: ${name}`,
  async (path, wanted) => {
    using provider = startProvider();
    await using headgate = await started(provider.yaml);
    const url = await servedUrl(headgate);
    // Something to look for.
    const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a sea" }] };
    const asked = await fetch(`${url}/v1/default/default/openai/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-your-key" },
      body: JSON.stringify(request),
    });
    expect(asked.status).toBe(200);
    const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs`;
    const count = async (): Promise<number> => {
      const answer = await fetch(logs, { headers: { authorization: `Bearer ${headgate.token}` } });
      return ((await answer.json()) as { result: readonly unknown[] }).result.length;
    };
    while ((await count()) === 0) await Bun.sleep(50);
    const pasted = await paste(headgate, shellBlocks(page(`docs/guides/${path}`)), {
      // The reader's providers; here another stands in for them.
      "providers:\n": `providers:\n  openai: { base_url: "${provider.url}/v1" }\n`,
      "cat > headgate.yaml <<'END'\naccounts:\n": `cat > headgate.yaml <<'END'\n${provider.yaml}accounts:\n`,
      "http://10.0.0.5:8000": provider.url,
    });
    for (const [part, printed] of Object.entries(wanted)) expect(printedBy(pasted, part)).toMatch(printed);
  },
  PASTE_MS,
);
