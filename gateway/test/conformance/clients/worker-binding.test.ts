import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { HeadgateProcess } from "../../support/headgate-process.ts";
import { runHeadgateProcess, servedUrl } from "../../support/headgate-process.ts";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf } from "./answers.ts";
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
  missingLog: `return env.AI.gateway("default").getLog("01890000-0000-7000-8000-000000000000");`,
  wrongPatch: `return env.AI.gateway("default").patchLog("01890000-0000-7000-8000-000000000000", { score: 101 });`,
};

let upstream: VendorUpstream;
let headgate: HeadgateProcess;
let worker: BoundWorker;

beforeAll(async () => {
  upstream = startVendorUpstream();
  const yaml = `providers:\n  openai:\n    base_url: ${upstream.url}/v1\n`;
  headgate = runHeadgateProcess({ yaml, environment: { HEADGATE_WORKERS: "0" } });
  worker = await startBoundWorker(`${await servedUrl(headgate)}/client/v4/accounts/default/ai/run/proxy`, programs);
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

test("D19 workerd: what goes wrong with logs is thrown as the runtime names it", async () => {
  expect(await worker.evaluate("missingLog")).toEqual({
    threw: { name: "AiGatewayLogNotFound", message: "Not Found" },
  });
  expect(await worker.evaluate("wrongPatch")).toEqual({
    threw: { name: "AiGatewayInternalError", message: "Expected number or null" },
  });
});
