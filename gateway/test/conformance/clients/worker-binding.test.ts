import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { HeadgateProcess } from "../../support/headgate-process.ts";
import { runHeadgateProcess, servedUrl } from "../../support/headgate-process.ts";
import { sampleExchange } from "../../support/samples.ts";
import { bodyBytes } from "../../support/recordings.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { BoundWorker } from "./worker-binding.ts";
import { startBoundWorker } from "./worker-binding.ts";

const step = `{
  provider: "openai", endpoint: "chat/completions",
  headers: { authorization: "Bearer sk-fake", "content-type": "application/json" },
  query: { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] },
}`;
const programs = {
  universal: `
    const answer = await env.AI.gateway("default").run([${step}], {
      gateway: { metadata: { team: "maps" }, eventId: "event-1", requestTimeoutMs: 5000, retries: { maxAttempts: 1 } },
      extraHeaders: { "cf-aig-collect-log-payload": "false" },
    });
    return {
      status: answer.status, step: answer.headers.get("cf-aig-step"), logId: answer.headers.get("cf-aig-log-id"),
      text: (await answer.json()).choices[0].message.content,
    };`,
  single: `return (await env.AI.gateway("default").run(${step})).status;`,
  nowhere: `
    const answer = await env.AI.gateway("nowhere").run(${step});
    return { status: answer.status, code: (await answer.json()).error[0].code };`,
  lastLog: `
    const answer = await env.AI.gateway("default").run(${step}, { gateway: { metadata: { team: "logs" } } });
    await answer.text();
    const gateway = env.AI.gateway("default"), id = answer.headers.get("cf-aig-log-id");
    for (let tries = 0; ; tries += 1) {
      try {
        await gateway.patchLog(id, { feedback: 1, score: 80, metadata: { team: "logs", checked: true } });
        const log = await gateway.getLog(id);
        return { isDate: log.created_at instanceof Date, same: log.id === id, log };
      } catch (error) {
        if (error.name !== "AiGatewayLogNotFound" || tries > 400) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }`,
  urls: `
    const gateway = env.AI.gateway("default");
    return [await gateway.getUrl(), await gateway.getUrl("openai"), await gateway.getUrl("compat")];`,
  models: `return (await env.AI.models({ search: "bge-base", per_page: 5 })).map(({ name, task }) => [name, task.name]);`,
  unknownUrl: `return env.AI.gateway("default").getUrl("nobody");`,
  missingLog: `return env.AI.gateway("default").getLog("01890000-0000-7000-8000-000000000000");`,
  wrongPatch: `return env.AI.gateway("default").patchLog("01890000-0000-7000-8000-000000000000", { score: 101 });`,
};

const adminToken = "an-admin-token-of-the-tests";
const llama = "@cf/meta/llama-3.1-8b-instruct";
const chatInput = `{ messages: [{ role: "user", content: "Name a river." }] }`;
const runs = {
  run: `
    const result = await env.AI.run("${llama}", ${chatInput}, {
      gateway: { id: "other", metadata: { team: "run" }, eventId: "event-2", collectLog: true, retries: { maxAttempts: 1 } },
      extraHeaders: { authorization: "Bearer cf-fake" },
    });
    return { result, logId: env.AI.aiGatewayLogId, requestId: env.AI.lastRequestId, status: env.AI.lastRequestHttpStatusCode };`,
  runPlain: `return env.AI.run("${llama}", ${chatInput});`,
  runThirdParty: `return (await env.AI.run("openai/gpt-4o-mini", ${chatInput}, { gateway: { id: "default" } })).choices[0].message.content;`,
  runStream: `
    const stream = await env.AI.run("${llama}", { prompt: "x", stream: true });
    return { isStream: stream instanceof ReadableStream, text: await new Response(stream).text() };`,
  runBytes: `
    const body = new Response("RIFF").body;
    return env.AI.run("@cf/openai/whisper", { audio: { body, contentType: "audio/wav" }, language: "fr", vad: true });`,
  runRaw: `
    const answer = await env.AI.run("${llama}", ${chatInput}, { returnRawResponse: true });
    return { status: answer.status, body: await answer.json() };`,
  runTimeout: `return env.AI.run("${llama}", ${chatInput}, { gateway: { id: "default", requestTimeoutMs: 30 } });`,
  runNowhere: `return env.AI.run("${llama}", ${chatInput}, { gateway: { id: "nowhere" } });`,
};

let upstream: VendorUpstream;
let headgate: HeadgateProcess;
let worker: BoundWorker;
let url: string;

beforeAll(async () => {
  upstream = startVendorUpstream();
  const yaml = [
    "accounts: { default: { gateways: { default: {}, other: {} } } }",
    `providers: { openai: { base_url: "${upstream.url}/v1" }, workers-ai: { base_url: "${upstream.url}/cf" } }`,
  ].join("\n");
  headgate = runHeadgateProcess({ yaml, environment: { HEADGATE_WORKERS: "0", HEADGATE_ADMIN_TOKEN: adminToken } });
  url = await servedUrl(headgate);
  worker = await startBoundWorker(`${url}/client/v4/accounts/default/ai/run/proxy?token=${adminToken}`, {
    ...programs,
    ...runs,
  });
}, 20_000);
beforeEach(() => upstream.answer(() => answerOf(sampleExchange("openai-chat"))));
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await headgate[Symbol.asyncDispose]();
  upstream.stop();
});

test("D19 workerd: gateway().run with every option that becomes a header", async () => {
  const answer = (await worker.evaluate("universal")) as Record<string, unknown>;
  expect(answer).toEqual({
    status: 200,
    step: "0",
    logId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    text: "The Loire 🏞️.",
  });
  const [request] = upstream.requests;
  expect(request?.target).toBe("/v1/chat/completions");
  expect(JSON.parse(request?.body().toString() ?? "")).toEqual({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "Name a river." }],
  });
  expect(request?.header("authorization")).toBe("Bearer sk-fake");
  expect(request?.headerLines.filter((line) => /^(?:mf-|cf-aig-|x-forwarded)/i.test(line))).toEqual([]);
});

test("D19 workerd: a single step, and a gateway that is not there", async () => {
  expect(await worker.evaluate("single")).toBe(200);
  expect(await worker.evaluate("nowhere")).toEqual({ status: 400, code: 2001 });
});

test("D19 workerd: getLog and patchLog", async () => {
  expect(await worker.evaluate("lastLog")).toMatchObject({
    isDate: true,
    same: true,
    log: { provider: "openai", feedback: 1, score: 80, metadata: { team: "logs", checked: true } },
  });
});

test("D19 workerd: AI.models", async () => {
  expect(await worker.evaluate("models")).toEqual([["@cf/baai/bge-base-en-v1.5", "Text Embeddings"]]);
});

test("D19 workerd: getUrl", async () => {
  const base = `${url}/v1/default/default`;
  expect(await worker.evaluate("urls")).toEqual([`${base}/`, `${base}/openai`, `${base}/compat`]);
  expect(await worker.evaluate("unknownUrl")).toEqual({
    threw: { name: "AiGatewayInternalError", message: "There is no such provider" },
  });
});

test("D19 workerd: what goes wrong with logs is thrown as the runtime names it", async () => {
  expect(await worker.evaluate("missingLog")).toEqual({
    threw: { name: "AiGatewayLogNotFound", message: "Not Found" },
  });
  expect(await worker.evaluate("wrongPatch")).toEqual({
    threw: { name: "AiGatewayInternalError", message: "Expected number or null" },
  });
});

const envelope = { result: { response: "The Rhône." }, success: true, errors: [], messages: [] };

test("D19 workerd: AI.run gets the result without its envelope, and its options reach the gateway", async () => {
  upstream.answer(() => jsonAnswer(200, envelope));
  const { result, logId, requestId, status } = (await worker.evaluate("run")) as Record<string, unknown>;
  expect([result, status]).toEqual([envelope.result, 200]);
  expect(requestId).toBe(logId as string);
  const [request] = upstream.requests;
  expect(request?.target).toBe(`/cf/ai/run/${llama}`);
  expect(request?.body().toString()).toBe('{"messages":[{"role":"user","content":"Name a river."}]}');
  expect(request?.header("authorization")).toBe("Bearer cf-fake");
  expect(request?.headerLines.filter((line) => /^(?:mf-|cf-|x-forwarded)/i.test(line))).toEqual([]);
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/other/logs/${logId as string}`;
  expect(await storedLog(logs)).toMatchObject({
    event_id: "event-2",
    metadata: { team: "run" },
    model: `workers-ai/${llama}`,
  });
});

test("D19 workerd: AI.run without a gateway, of a third party, as a stream, with bytes, raw", async () => {
  upstream.answer(() => jsonAnswer(200, envelope));
  expect(await worker.evaluate("runPlain")).toEqual(envelope.result);
  expect(await worker.evaluate("runRaw")).toEqual({ status: 200, body: envelope.result });
  upstream.answer(() => answerOf(sampleExchange("openai-chat")));
  expect(await worker.evaluate("runThirdParty")).toBe("The Loire 🏞️.");
  expect(upstream.requests[0]?.target).toBe("/v1/chat/completions");
  const stream = sampleExchange("openai-chat-stream");
  upstream.answer(() => answerOf(stream));
  expect(await worker.evaluate("runStream")).toEqual({ isStream: true, text: bodyBytes(stream.response).toString() });
  upstream.answer(() => jsonAnswer(200, { ...envelope, result: { text: "bonjour" } }));
  expect(await worker.evaluate("runBytes")).toEqual({ text: "bonjour" });
  expect(upstream.requests[0]?.target).toBe("/cf/ai/run/@cf/openai/whisper?language=fr&vad=true");
  expect(upstream.requests[0]?.body().toString()).toBe("RIFF");
});

test("D19 workerd: what goes wrong with AI.run is thrown as the runtime names it", async () => {
  upstream.answer(() =>
    jsonAnswer(400, { success: false, errors: [{ code: 5007, message: "No such model" }], result: null, messages: [] }),
  );
  expect(await worker.evaluate("runPlain")).toEqual({
    threw: { name: "InferenceUpstreamError", message: "5007: No such model" },
  });
  expect(await worker.evaluate("runNowhere")).toEqual({
    threw: { name: "AiGatewayError", message: "2001: Please configure AI Gateway in the Cloudflare dashboard" },
  });
  upstream.answer(() => null);
  expect(await worker.evaluate("runTimeout")).toEqual({
    threw: { name: "AiGatewayError", message: "2005: Failed to get response from provider" },
  });
});

/** A log, as soon as it is stored. */
async function storedLog(logUrl: string): Promise<unknown> {
  for (let tries = 0; tries < 400; tries += 1) {
    const answer = await fetch(logUrl, { headers: { authorization: `Bearer ${adminToken}` } });
    if (answer.status === 200) return ((await answer.json()) as { readonly result: unknown }).result;
    await answer.text();
    await Bun.sleep(10);
  }
  throw new Error(`there is no ${logUrl}`);
}
