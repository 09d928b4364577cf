import { expect, test } from "bun:test";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { InferenceClient } from "@huggingface/inference";
import OpenAI from "openai";
import Replicate from "replicate";
import { localCredential, runHeadgateProcess, servedUrl } from "../../support/headgate-process.ts";
import { bodyBytes } from "../../support/recordings.ts";
import { sampleExchange } from "../../support/samples.ts";

/** Answers of each vendor, whole and as a stream, by what its path and body ask for. */
const samples = {
  openai: [sampleExchange("openai-chat"), sampleExchange("openai-chat-stream")],
  anthropic: [sampleExchange("anthropic-message"), sampleExchange("anthropic-message-stream")],
  google: [sampleExchange("gemini-generate"), sampleExchange("gemini-stream")],
  huggingface: [sampleExchange("huggingface-chat"), sampleExchange("openai-chat-stream")],
  replicate: [sampleExchange("replicate-prediction"), sampleExchange("replicate-prediction")],
} as const;
type Family = keyof typeof samples;
const families = Object.keys(samples) as Family[];

/** Calls of each family, half of them streams, so many at a time. */
const CALLS = 60;
const AT_ONCE = 6;

function vendors() {
  const seen = new Map<Family, number>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const family = pathname.split("/")[1] as Family;
      seen.set(family, (seen.get(family) ?? 0) + 1);
      const isStream = pathname.includes(":stream") || /"stream"\s*:\s*true/.test(await request.text());
      const { status, headers } = samples[family][isStream ? 1 : 0].response;
      const body = bodyBytes(samples[family][isStream ? 1 : 0].response);
      return new Response(new Uint8Array(body), {
        status,
        headers: { "content-type": headers["content-type"] ?? "" },
      });
    },
  });
  const at = (family: Family): string => `http://127.0.0.1:${server.port}/${family}`;
  const yaml = `providers:
  openai: { base_url: "${at("openai")}/v1" }
  anthropic: { base_url: "${at("anthropic")}" }
  google-ai-studio: { base_url: "${at("google")}" }
  huggingface: { base_url: "${at("huggingface")}" }
  replicate: { base_url: "${at("replicate")}/v1" }
`;
  return { yaml, seen, [Symbol.dispose]: () => void server.stop(true) };
}

async function drained(stream: AsyncIterable<unknown>): Promise<number> {
  let events = 0;
  for await (const _ of stream) events += 1;
  return events;
}

/** One call of each family, plain or as a stream; settles with whether its client made sense of the answer. */
function callers(at: (slug: string) => string): Record<Family, (isStream: boolean) => Promise<boolean>> {
  const messages = [{ role: "user" as const, content: "Name a river." }];
  const openai = new OpenAI({ baseURL: at("openai"), apiKey: "sk-fake", maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: at("anthropic"), apiKey: "sk-ant-fake", maxRetries: 0 });
  const google = new GoogleGenAI({ apiKey: "fake", httpOptions: { baseUrl: at("google-ai-studio") } });
  const huggingface = new InferenceClient("hf_fake", { endpointUrl: `${at("huggingface")}/v1` });
  const replicate = new Replicate({ auth: "r8_fake", baseUrl: at("replicate") });
  const model = "m";
  return {
    async openai(isStream) {
      if (isStream) return (await drained(await openai.chat.completions.create({ model, messages, stream: true }))) > 1;
      return ((await openai.chat.completions.create({ model, messages })).choices[0]?.message.content ?? "") !== "";
    },
    async anthropic(isStream) {
      const question = { model, max_tokens: 9, messages };
      if (isStream) return (await drained(await anthropic.messages.create({ ...question, stream: true }))) > 1;
      return (await anthropic.messages.create(question)).content.length > 0;
    },
    async google(isStream) {
      const question = { model: "gemini-2.5-flash", contents: "Name a river." };
      if (isStream) return (await drained(await google.models.generateContentStream(question))) > 0;
      return ((await google.models.generateContent(question)).text ?? "") !== "";
    },
    async huggingface(isStream) {
      if (isStream) return (await drained(huggingface.chatCompletionStream({ model, messages }))) > 1;
      return ((await huggingface.chatCompletion({ model, messages })).choices[0]?.message.content ?? "") !== "";
    },
    async replicate() {
      const made = await replicate.predictions.create({ model: "a/b", input: { prompt: "A river" }, wait: true });
      return made.status === "succeeded";
    },
  };
}

/** All calls of one family; their durations in milliseconds, shortest first. */
async function callOften(call: (isStream: boolean) => Promise<boolean>): Promise<number[]> {
  const durationsMs: number[] = [];
  let left = CALLS;
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startedAtMs = performance.now();
      expect(await call(left % 2 === 0)).toBe(true);
      durationsMs.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  return durationsMs.toSorted((one, other) => one - other);
}

async function loggedCount(url: string, dataDirectory: string): Promise<number> {
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs?per_page=1`;
  const answer = await fetch(logs, { headers: localCredential(dataDirectory) });
  return ((await answer.json()) as { result_info: { total_count: number } }).result_info.total_count;
}

test("five families of SDKs at once, plain and streamed: every call is understood, and logged once", async () => {
  using upstream = vendors();
  await using headgate = runHeadgateProcess({ yaml: upstream.yaml, environment: { HEADGATE_WORKERS: "2" } });
  const url = await servedUrl(headgate);
  const calls = callers((slug) => `${url}/v1/default/default/${slug}`);
  const startedAtMs = performance.now();
  const durations = await Promise.all(
    families.map(async (family) => [family, await callOften(calls[family])] as const),
  );
  const seconds = (performance.now() - startedAtMs) / 1000;
  for (const [family, sorted] of durations) {
    const [p50, p99] = [0.5, 0.99].map((share) => (sorted[Math.floor(sorted.length * share)] as number).toFixed(1));
    console.log(`${family}: ${sorted.length} calls, p50 ${p50} ms, p99 ${p99} ms, SDK and upstream included`);
  }
  console.log(`${Math.round((families.length * CALLS) / seconds)} calls a second, all families together`);
  expect(Object.fromEntries(upstream.seen)).toEqual(Object.fromEntries(families.map((family) => [family, CALLS])));
  let logged = 0;
  for (let look = 0; look < 400 && logged < families.length * CALLS; look += 1) {
    await Bun.sleep(25);
    logged = await loggedCount(url, join(headgate.directory, "data"));
  }
  expect(logged).toBe(families.length * CALLS);
}, 60_000);
