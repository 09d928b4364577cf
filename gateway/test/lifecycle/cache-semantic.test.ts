import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSemantic } from "../../src/control/semantic/start-semantic.ts";
import type { CacheConfig, SemanticConfig } from "../../src/core/gateway-settings.ts";
import { type HeadgateProcess, localCredential, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { startGateway } from "../support/start-gateway.ts";
import { createTestClock } from "../support/test-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** A chat endpoint that says which question it was asked as the how-manieth. */
let calls = 0;
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { messages, stream, model } = (await request.json()) as {
      readonly model: string;
      readonly stream?: boolean;
      readonly messages: readonly { readonly content: string }[];
    };
    calls += 1;
    const content = `${calls}: ${messages.at(-1)?.content}`;
    const head = { id: `c${calls}`, created: 1, model };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    if (stream !== true) {
      const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
      return Response.json({ ...head, object: "chat.completion", choices, usage });
    }
    const chunk = (delta: object, finish_reason: string | null): string =>
      `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const text = `${chunk({ role: "assistant", content }, null)}${chunk({}, "stop")}data: [DONE]\n\n`;
    return new Response(text, { headers: { "content-type": "text/event-stream" } });
  },
});
afterAll(() => upstream.stop(true));

const yamlOf = (semantic: string): string => `
providers:
  openai: { base_url: "http://127.0.0.1:${upstream.port}" }
accounts:
  default:
    gateways:
      default: { cache_ttl: 300 }
      alike: { cache_ttl: 300, cache_semantic: 0.75 }
      other: { cache_ttl: 300, cache_semantic: 0.75 }
cache: { semantic: { ${semantic} } }
`;

interface Asked {
  readonly gateway?: string;
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly stream?: boolean;
  readonly user?: unknown;
  readonly headers?: Record<string, string>;
}

interface Told {
  readonly status: string | null;
  readonly similarity: string | null;
  readonly logId: string;
  readonly body: string;
}

function asker(url: string): (question: string, changes?: Asked) => Promise<Told> {
  return async (question, { gateway = "alike", headers = {}, system = "Be brief.", user = question, ...body } = {}) => {
    const messages = [
      { role: "system", content: system },
      { role: "user", content: user },
    ];
    const answer = await fetch(`${url}/v1/default/${gateway}/openai/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-a", ...headers },
      body: JSON.stringify({ model: "m", ...body, messages }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    return {
      status: answer.headers.get("cf-aig-cache-status"),
      similarity: answer.headers.get("cf-aig-cache-similarity"),
      logId: answer.headers.get("cf-aig-log-id") as string,
      body: text,
    };
  };
}

/** Asks, in other words each time, until the answer is remembered: vectors are made beside the request. */
async function untilHit(ask: (attempt: number) => Promise<Told>): Promise<Told> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const told = await ask(attempt);
    if (told.status === "HIT") return told;
    await Bun.sleep(50);
  }
  throw new Error("was never a hit");
}

interface SemanticAnswer {
  readonly entries: number;
  readonly lookups: Readonly<Record<string, number>>;
}

interface SystemAnswer {
  readonly result: { readonly cache: { readonly semantic: SemanticAnswer | null } };
}

/** Where a gateway of a working directory keeps its data. */
function dataOf(directory: string): string {
  return join(directory, "data");
}

async function semanticState(url: string, directory: string) {
  const answer = await fetch(`${url}/api/system`, { headers: localCredential(dataOf(directory)) });
  return ((await answer.json()) as SystemAnswer).result.cache.semantic;
}

describe("with the packaged encoder and two workers", () => {
  let headgate: HeadgateProcess;
  let url = "";
  let ask: ReturnType<typeof asker>;
  const directory = temporaryDirectory();
  const start = async (): Promise<void> => {
    headgate = runHeadgateProcess({
      directory: directory.path,
      yaml: yamlOf("encoder: packaged, timeout_ms: 5000"),
      environment: { HEADGATE_WORKERS: "2" },
    });
    url = await servedUrl(headgate);
    ask = asker(url);
  };
  const entries = async (count: number): Promise<void> => {
    for (let left = 200; ((await semanticState(url, directory.path))?.entries ?? 0) < count; left -= 1) {
      if (left === 0) throw new Error(`there were never ${count} entries`);
      await Bun.sleep(10);
    }
  };
  /** Asks, and waits until others can be compared with it. */
  const remembered = async (question: string, changes: Asked = {}): Promise<Told> => {
    const before = (await semanticState(url, directory.path))?.entries ?? 0;
    const told = await ask(question, changes);
    await entries(before + 1);
    return told;
  };
  beforeAll(start, 30_000);
  afterAll(async () => {
    await headgate[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  test("nothing of it happens where nobody asks for it", async () => {
    expect((await ask("How do I boil an egg?", { gateway: "default" })).status).toBe("MISS");
    expect((await ask("How do I boil an egg?", { headers: { "cf-aig-cache-semantic": "false" } })).status).toBe("MISS");
    expect((await ask("how to boil an egg", { gateway: "default" })).status).toBe("MISS");
    expect(await semanticState(url, directory.path)).toMatchObject({ entries: 0, lookups: { none: 0, late: 0 } });
    expect(existsSync(join(dataOf(directory.path), "semantic-index.jsonl"))).toBe(false);
  });

  test("the same question in other words gets the answer, over connections and workers, and says so", async () => {
    const first = await remembered("What is the capital of France?");
    expect(first).toMatchObject({ status: "MISS", similarity: null });
    const before = calls;
    for (const words of [
      "what's the capital of France?",
      "Tell me what the capital of France is.",
      "what is the capital of france",
    ]) {
      const told = await ask(words);
      expect(told).toMatchObject({ status: "HIT", body: first.body });
      expect(Number(told.similarity)).toBeWithin(0.75, 1);
    }
    expect(calls).toBe(before);
    const exact = await ask("What is the capital of France?");
    expect(exact).toMatchObject({ status: "HIT", similarity: null });
  }, 20_000);

  test("a question that only sounds alike goes to the provider", async () => {
    await ask("What is the capital of France?");
    for (const words of [
      "What is the capital of Germany?",
      "What was the capital of France?",
      "What is the capital of France not?",
    ]) {
      expect((await ask(words)).status).toBe("MISS");
    }
    expect((await semanticState(url, directory.path))?.lookups["refused"]).toBeGreaterThanOrEqual(3);
  });

  let variants = 0;
  test.each<[string, Asked]>([
    ["another gateway", { gateway: "other" }],
    ["another credential", { headers: { authorization: "Bearer sk-b" } }],
    ["another model", { model: "n" }],
    ["another system prompt", { system: "Be verbose." }],
    ["another parameter", { temperature: 1 }],
    [
      "an image beside it",
      {
        user: [
          { type: "text", text: "what's the capital of France" },
          { type: "image_url", image_url: { url: "data:," } },
        ],
      },
    ],
    ["a higher threshold", { headers: { "cf-aig-cache-semantic": "0.999" } }],
    ["it turned off", { headers: { "cf-aig-cache-semantic": "false" } }],
  ])("with %s it is another question", async (_name, changes) => {
    await ask("What is the capital of France?");
    // In words of its own each time, so that no equal request was answered before.
    variants += 1;
    const words = `What's the capital of France${"?".repeat(variants)}`;
    expect(await ask(words)).toMatchObject({ status: "HIT", similarity: expect.any(String) });
    expect((await ask(words, changes)).status).toBe("MISS");
  });

  test("a stream is answered by a whole answer or a stream asked for alike, and by no other", async () => {
    await remembered("How do I fry an egg?");
    const streamed = await ask("how to fry an egg", { stream: true });
    expect(streamed).toMatchObject({ status: "HIT", similarity: expect.any(String) });
    expect(streamed.body).toContain("How do I fry an egg?");
    expect(streamed.body).toEndWith("data: [DONE]\n\n");
    const asStream = await remembered("How do I sort a list in Python?", { stream: true });
    expect(await ask("In Python, how do I sort a list?", { stream: true })).toMatchObject({
      status: "HIT",
      body: asStream.body,
    });
    // Its usage is not known, so no whole answer can be made of it.
    expect((await ask("How can I sort a list in Python?")).status).toBe("MISS");
  }, 20_000);

  test("a request turns it on by a header; the log says how alike the question was", async () => {
    const on = { gateway: "default", headers: { "cf-aig-cache-semantic": "true" } };
    await remembered("Is Pluto a planet?", on);
    const told = await ask("Do you know whether Pluto is a planet?", on);
    expect(told).toMatchObject({ status: "HIT", similarity: expect.any(String) });
    const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs`;
    const found = await headgateLog(logs, told.logId);
    expect(found).toMatchObject({ cached: true, response_headers: { "cf-aig-cache-similarity": told.similarity } });
  }, 20_000);

  async function headgateLog(logs: string, id: string): Promise<unknown> {
    for (;;) {
      const answer = await fetch(`${logs}/${id}`, { headers: localCredential(dataOf(directory.path)) });
      if (answer.status === 200) return ((await answer.json()) as { readonly result: unknown }).result;
      await answer.body?.cancel();
      await Bun.sleep(20);
    }
  }

  test("a threshold out of bounds is refused by name", async () => {
    for (const value of ["0.4", "1.1", "yes", "0,9", "NaN"]) {
      const asked = ask("Why?", { headers: { "cf-aig-cache-semantic": value } });
      await expect(asked).rejects.toThrow("cf-aig-cache-semantic must be a number from 0.5 to 1, true or false");
    }
  });

  test("what is remembered survives a restart, and a purge takes answer and question away", async () => {
    await headgate[Symbol.asyncDispose]();
    await start();
    // Workers may be there before the control process is; what they cannot ask is a miss.
    const told = await untilHit((attempt) => ask(`${"Please, ".repeat(attempt + 1)}what is the capital of France?`));
    expect(told.similarity).not.toBeNull();
    const file = join(dataOf(directory.path), "semantic-index.jsonl");
    expect(readFileSync(file, "utf8")).toContain("capital of France");
    const purged = await fetch(`${url}/api/cache/purge`, {
      method: "POST",
      headers: { ...localCredential(dataOf(directory.path)), "content-type": "application/json" },
      body: JSON.stringify({ account_id: "default" }),
    });
    expect(purged.status).toBe(200);
    expect(readFileSync(file, "utf8")).not.toContain("capital of France");
    expect(await ask("so what is the capital of France?")).toMatchObject({ status: "MISS" });
  }, 30_000);
});

describe("an encoder that cannot be relied on", () => {
  test("dead, slow or wrong: the request goes to the provider, and that is counted", async () => {
    let slow = true;
    await using embeddings = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch() {
        if (slow) await Bun.sleep(2000);
        return new Response("no", { status: 500 });
      },
    });
    const endpoint = `{ url: "http://127.0.0.1:${embeddings.port}/v1/embeddings", model: e }`;
    await using headgate = runHeadgateProcess({
      yaml: yamlOf(`encoder: endpoint, endpoint: ${endpoint}, timeout_ms: 50`),
    });
    const url = await servedUrl(headgate);
    const ask = asker(url);
    const startedAtMs = performance.now();
    expect((await ask("What is the capital of Peru?")).status).toBe("MISS");
    expect(performance.now() - startedAtMs).toBeLessThan(1500);
    slow = false;
    for (const words of ["one?!", "two?!", "three?!", "four?!", "five?!"])
      expect((await ask(words)).status).toBe("MISS");
    const { lookups, entries } = (await semanticState(url, headgate.directory)) as SemanticAnswer;
    expect(entries).toBe(0);
    expect(lookups["late"]).toBeGreaterThanOrEqual(1);
    expect(lookups["failed"]).toBeGreaterThanOrEqual(1);
    expect(headgate.logged("semantic_encoder_failed").length).toBeGreaterThanOrEqual(1);
  }, 30_000);

  test("a module of one's own is an encoder as good as any", async () => {
    using directory = temporaryDirectory();
    const letters = `export default () => (text) => Array.from({ length: 26 }, (_, at) =>
      text.toLowerCase().split(String.fromCharCode(97 + at)).length - 1);`;
    writeFileSync(join(directory.path, "letters.mjs"), letters);
    await using headgate = runHeadgateProcess({
      directory: directory.path,
      yaml: yamlOf("encoder: module, module: ./letters.mjs, timeout_ms: 5000"),
    });
    const ask = asker(await servedUrl(headgate));
    await ask("How do I boil an egg?");
    const told = await untilHit((attempt) =>
      ask(`${"Please, ".repeat(attempt)}how can I boil an egg?`, { headers: { "cf-aig-cache-semantic": "0.5" } }),
    );
    expect(told.similarity).not.toBeNull();
    expect(told.body).toContain("egg");
  }, 30_000);
});

describe("within one process", () => {
  const letters = `export default () => (text) => Array.from({ length: 26 }, (_, at) =>
    text.toLowerCase().split(String.fromCharCode(97 + at)).length - 1);`;
  async function started(cache: Partial<CacheConfig>, semantic: Partial<SemanticConfig>) {
    const directory = temporaryDirectory();
    const module = join(directory.path, "letters.mjs");
    writeFileSync(module, letters);
    const clock = createTestClock(Date.now());
    const config = {
      max_memory_bytes: 1_000_000,
      max_disk_bytes: 10_000_000,
      semantic: {
        encoder: "module",
        module,
        endpoint: null,
        guards: "strict",
        timeout_ms: 5000,
        max_entries: 9,
        max_waiting: 9,
        ...semantic,
      },
      ...cache,
    } satisfies CacheConfig;
    const controlSocket = join(directory.path, "control.sock");
    const running = startSemantic({
      config: { cache: config, dataDirectory: directory.path },
      controlSocket,
      isCurrent: () => true,
      log: () => {},
    });
    const gateway = await startGateway({
      gateways: { alike: { cache_ttl: 300, cache_semantic: 0.6 } },
      providers: { openai: { base_url: `http://127.0.0.1:${upstream.port}`, dialect: null } },
      cache: config,
      controlSocket,
      clock,
    });
    return {
      ask: asker(gateway.url),
      clock,
      running,
      async [Symbol.asyncDispose]() {
        await gateway.stop();
        await running?.stop();
        directory[Symbol.dispose]();
      },
    };
  }

  test("an answer serves questions alike as long as it lives", async () => {
    await using one = await started({}, {});
    const first = await one.ask("How do I boil an egg?");
    const told = await untilHit((attempt) => one.ask(`${"Please, ".repeat(attempt + 1)}how do I boil an egg?`));
    expect(told.similarity).not.toBeNull();
    one.clock.pass(299_000);
    expect(await one.ask("how can I boil an egg?")).toMatchObject({ status: "HIT", body: first.body });
    one.clock.pass(2_000);
    expect((await one.ask("how would I boil an egg?")).status).toBe("MISS");
  });

  test.each<[string, Partial<CacheConfig>, Partial<SemanticConfig>]>([
    ["the encoder is none", {}, { encoder: "none" }],
    ["there is no disk to share answers on", { max_disk_bytes: 0 }, {}],
  ])("it is off where %s", async (_name, cache, semantic) => {
    await using one = await started(cache, semantic);
    expect(one.running).toBeNull();
    await one.ask("How do I boil an egg?");
    expect((await one.ask("How can I boil an egg?")).status).toBe("MISS");
  });
});
