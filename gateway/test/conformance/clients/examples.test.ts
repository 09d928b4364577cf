import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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

const folder = resolve(import.meta.dir, "../../../../examples");
const python = Bun.which("python3");
if (python === null) console.log("skipped: the Python example, because there is no python3 here");

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

  test.each(Object.entries(examples))("%s", async (name, example) => {
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
  });

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
  const child = Bun.spawn([process.execPath, join(folder, name)], {
    env: { PATH: process.env["PATH"] ?? "", HEADGATE_URL: gateway.url, ...keys },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 15_000,
  });
  const [printed, complaints, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, printed, complaints };
}
