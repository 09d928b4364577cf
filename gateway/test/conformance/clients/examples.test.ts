import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineSample } from "../../support/samples/define-sample.ts";
import type { RecordedExchange } from "../../support/recordings.ts";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { answerOf } from "./answers.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

// Each starts a runtime of its own, on a machine that may be busy.
setDefaultTimeout(30_000);

const folder = resolve(import.meta.dir, "../../../../examples");
const python = Bun.which("python3");
if (python === null) console.log("skipped: the examples in Python, because there is no python3 here");
const hasPackage = python !== null && Bun.spawnSync([python, "-c", "import openai"]).success;
if (python !== null && !hasPackage) {
  console.log("skipped: openai_client.py is only read, not run, because Python has no package openai here");
}

interface Example {
  readonly keys: Readonly<Record<string, string>>;
  /** What the vendor answers, in order: one for each request. */
  readonly answers: readonly RecordedExchange[];
  readonly printed: string;
  readonly providers: readonly string[];
}

const classification = defineSample({
  id: "huggingface-classification",
  provider: "huggingface",
  url: "https://router.huggingface.co/hf-inference/models/distilbert/distilbert-base-uncased-finetuned-sst-2-english",
  request: { inputs: "A lovely river." },
  response: [[{ label: "POSITIVE", score: 0.99 }]],
});

const examples: Readonly<Record<string, Example>> = {
  "openai.ts": {
    keys: { OPENAI_API_KEY: "sk-fake" },
    answers: [sampleExchange("openai-chat"), sampleExchange("openai-chat-stream")],
    printed: "The Loire 🏞️.\nThe Loire 🏞️, près d’Orléans\n",
    providers: ["openai", "openai"],
  },
  "anthropic.ts": {
    keys: { ANTHROPIC_API_KEY: "sk-ant-fake" },
    answers: [sampleExchange("anthropic-message"), sampleExchange("anthropic-message-stream")],
    printed: "The Elbe.\nThe Elbe, Dresden’s river.\n9 tokens\n",
    providers: ["anthropic", "anthropic"],
  },
  "google-genai.ts": {
    keys: { GEMINI_API_KEY: "fake" },
    answers: [sampleExchange("gemini-generate"), sampleExchange("gemini-stream")],
    printed: "The Danube.\nThe Danube — die Donau.\n",
    providers: ["google-ai-studio", "google-ai-studio"],
  },
  "huggingface.ts": {
    keys: { HF_TOKEN: "hf_fake" },
    answers: [sampleExchange("huggingface-chat"), sampleExchange("openai-chat-stream"), classification],
    printed: "The Ebro.\nThe Loire 🏞️, près d’Orléans\nPOSITIVE\n",
    providers: ["huggingface", "huggingface", "huggingface"],
  },
  "replicate.ts": {
    keys: { REPLICATE_API_TOKEN: "r8_fake" },
    answers: [sampleExchange("replicate-prediction")],
    printed: '["A ","river."]\n',
    providers: ["replicate"],
  },
  "cohere.ts": {
    keys: { CO_API_KEY: "fake" },
    answers: [sampleExchange("cohere-chat"), sampleExchange("cohere-chat-stream")],
    printed: "The Tagus.\nThe Tagus, até Lisboa\n",
    providers: ["cohere", "cohere"],
  },
  "mistral.ts": {
    keys: { MISTRAL_API_KEY: "fake" },
    answers: [sampleExchange("mistral-chat"), sampleExchange("mistral-chat-stream")],
    printed: "La Loire.\nLa Loire, à Nantes\n",
    providers: ["mistral", "mistral"],
  },
  "any-model.ts": {
    keys: { OPENAI_API_KEY: "sk-fake", MISTRAL_API_KEY: "fake" },
    answers: [sampleExchange("openai-chat"), sampleExchange("mistral-chat")],
    printed: "openai/gpt-4o-mini: The Loire 🏞️.\nmistral/mistral-small-latest: La Loire.\n",
    providers: ["openai", "mistral"],
  },
  "ai-sdk.ts": {
    keys: { OPENAI_API_KEY: "sk-fake", MISTRAL_API_KEY: "mi-fake" },
    answers: [sampleExchange("openai-error"), sampleExchange("mistral-chat"), sampleExchange("openai-chat-stream")],
    printed: "step 1: La Loire.\nThe Loire 🏞️, près d’Orléans\n",
    providers: ["openai", "mistral", "openai"],
  },
  "worker.ts": {
    keys: { OPENAI_API_KEY: "sk-fake" },
    answers: [sampleExchange("openai-chat")],
    printed: "The Loire 🏞️.\n",
    providers: ["openai"],
  },
  "fall-back.ts": {
    keys: { OPENAI_API_KEY: "sk-fake", HF_TOKEN: "hf_fake" },
    // A 404 is not tried again, so the second request is the second step's.
    answers: [sampleExchange("openai-error"), sampleExchange("huggingface-chat")],
    printed: "huggingface: The Ebro.\n",
    providers: ["openai", "huggingface"],
  },
};

/** Those that need no package. */
const pythonExamples: Readonly<Record<string, Example>> = {
  "chat.py": {
    keys: { OPENAI_API_KEY: "sk-fake" },
    answers: [sampleExchange("openai-chat"), sampleExchange("openai-chat-stream")],
    printed: "The Loire 🏞️.\n4 tokens, $0.000003825\nThe Loire 🏞️, près d’Orléans\n",
    providers: ["openai", "openai"],
  },
  "fall_back.py": {
    keys: { OPENAI_API_KEY: "sk-fake", HF_TOKEN: "hf_fake" },
    answers: [sampleExchange("openai-error"), sampleExchange("huggingface-chat")],
    printed: "huggingface: The Ebro.\n",
    providers: ["openai", "huggingface"],
  },
};
const clientInPython = examples["openai.ts"] as Example;

let upstream: VendorUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startVendorUpstream();
  const slugs = [...new Set(Object.values(examples).flatMap(({ providers }) => providers))];
  gateway = await startGateway({
    providers: Object.fromEntries(slugs.map((slug) => [slug, { base_url: `${upstream.url}/${slug}`, dialect: null }])),
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

describe("examples", () => {
  test("each one is listed here", () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith(".ts"))
        .toSorted(),
    ).toEqual(Object.keys(examples).toSorted());
  });

  test("each one in Python is listed here", () => {
    const listed = [...Object.keys(pythonExamples), "openai_client.py"];
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith(".py"))
        .toSorted(),
    ).toEqual(listed.toSorted());
  });

  test.each(Object.entries(examples))("%s", expectExample);
  test.skipIf(python === null).each(Object.entries(pythonExamples))("%s", expectExample);
  test.skipIf(!hasPackage)("openai_client.py", () => expectExample("openai_client.py", clientInPython));

  async function expectExample(name: string, example: Example): Promise<void> {
    const answers = [...example.answers];
    upstream.answer(() => {
      const next = answers.shift();
      return next === undefined ? null : answerOf(next);
    });
    const count = gateway.recordCount();
    const { exitCode, printed, complaints } = await run(name, example.keys);
    expect({ exitCode, printed, complaints }).toEqual({ exitCode: 0, printed: example.printed, complaints: "" });
    const records = gateway.records().slice(count);
    expect(records.map(({ provider }) => provider)).toEqual([...example.providers]);
    const keys = Object.values(example.keys);
    for (const request of upstream.requests) {
      expect(keys.some((key) => request.headerLines.some((line) => line.endsWith(key)))).toBe(true);
    }
  }

  test.skipIf(python === null)("openai_client.py is Python", async () => {
    const check = Bun.spawn(
      [
        python as string,
        "-c",
        "import ast, sys; ast.parse(open(sys.argv[1]).read())",
        join(folder, "openai_client.py"),
      ],
      {
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const complaints = await new Response(check.stderr).text();
    expect({ exitCode: await check.exited, complaints }).toEqual({ exitCode: 0, complaints: "" });
  });
});

async function run(
  name: string,
  keys: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; printed: string; complaints: string }> {
  const runtime = name.endsWith(".py") ? (python as string) : process.execPath;
  const child = Bun.spawn([runtime, join(folder, name)], {
    env: { PATH: process.env["PATH"] ?? "", PYTHONIOENCODING: "utf-8", HEADGATE_URL: gateway.url, ...keys },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 25_000,
  });
  const [printed, complaints, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, printed, complaints };
}
