import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { sampleExchange } from "../../support/samples.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import type { WorkerProgram } from "./ai-sdk-worker.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { BoundWorker } from "./worker-binding.ts";
import { startWorkerScript } from "./worker-binding.ts";

// The AI SDK and both providers inside workerd, with the runtime's own binding: nothing of the way is ours but the gateway.
const llama = "@cf/meta/llama-3.1-8b-instruct";
let upstream: VendorUpstream;
let gateway: StartedGateway;
let worker: BoundWorker;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    providers: Object.fromEntries(
      ["openai", "mistral", "workers-ai"].map((slug) => [slug, { base_url: `${upstream.url}/${slug}`, dialect: null }]),
    ),
  });
  const bundle = await Bun.build({
    entrypoints: [join(import.meta.dir, "ai-sdk-worker.ts")],
    target: "browser",
    conditions: ["workerd"],
  });
  const script = await (bundle.outputs[0] as Bun.BuildArtifact).text();
  worker = await startWorkerScript(`${gateway.url}/client/v4/accounts/default/ai/run/proxy`, script);
}, 30_000);
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await gateway.stop();
  upstream.stop();
});

const run = (program: WorkerProgram): Promise<unknown> => worker.evaluate(program);
const targets = (): string[] => upstream.requests.map(({ target }) => target);

test("D19 workers-ai-provider in workerd: chat, streamed chat, embeddings", async () => {
  const envelope = { success: true, errors: [], messages: [] };
  upstream.answer(() => jsonAnswer(200, { ...envelope, result: { response: "The Rhône." } }));
  expect(await run("chat")).toBe("The Rhône.");
  expect(targets()).toEqual([`/workers-ai/ai/run/${llama}`]);
  upstream.answer(() => answerOf(sampleExchange("openai-chat-stream")));
  expect(await run("stream")).toBe("The Loire 🏞️, près d’Orléans");
  expect(JSON.parse(upstream.requests[0]?.body().toString() ?? "")).toMatchObject({ stream: true });
  upstream.answer(() => jsonAnswer(200, { ...envelope, result: { shape: [2, 1], data: [[1], [2]] } }));
  expect(await run("embeddings")).toEqual([[1], [2]]);
  expect(upstream.requests[0]?.body().toString()).toBe('{"text":["a","b"]}');
});

test("D19 workers-ai-provider in workerd: an error has the status that its code means", async () => {
  const errors = [{ code: 5007, message: "No such model" }];
  upstream.answer(() => jsonAnswer(400, { success: false, errors, result: null, messages: [] }));
  expect(await run("refused")).toEqual([400, "5007: No such model"]);
});

test("D19 ai-gateway-provider in workerd with env.AI.gateway: fallback, stream, options on every step", async () => {
  const count = gateway.recordCount();
  upstream.answer(({ target }) =>
    target.startsWith("/openai")
      ? jsonAnswer(500, { error: { message: "down" } })
      : answerOf(sampleExchange("mistral-chat")),
  );
  expect(await run("fallback")).toEqual(["1", "La Loire."]);
  expect(targets()).toEqual(["/openai/v1/chat/completions", "/mistral/v1/chat/completions"]);
  expect(gateway.records().slice(count)).toMatchObject(
    ["openai", "mistral"].map((provider) => ({ provider, eventId: "event-9", metadata: { team: "worker" } })),
  );
  upstream.answer(() => answerOf(sampleExchange("openai-chat-stream")));
  expect(await run("gatewayStream")).toBe("The Loire 🏞️, près d’Orléans");
});
