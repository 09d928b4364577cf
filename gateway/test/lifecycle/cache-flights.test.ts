import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { isProcessAlive, runHeadgateProcess, servedUrl, waitFor, workerPids } from "../support/headgate-process.ts";
import type { StartedGateway } from "../support/start-gateway.ts";
import { startGateway } from "../support/start-gateway.ts";

const encoder = new TextEncoder();
const event = (text: string, finish: string | null = null) =>
  encoder.encode(
    `data: ${JSON.stringify({ model: "m", choices: [{ delta: { content: text }, finish_reason: finish }] })}\n\n`,
  );
const done = encoder.encode("data: [DONE]\n\n");

/** What the upstream does with its calls, and what it saw. */
let calls = 0;
let aborted = 0;
let respond: (call: number) => Response | Promise<Response> = () => new Response();
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    await request.text();
    calls += 1;
    request.signal.addEventListener("abort", () => (aborted += 1));
    return respond(calls);
  },
});
const yaml = `accounts: { default: { gateways: { default: { cache_ttl: 300 } } } }
providers: { openai: { base_url: "http://127.0.0.1:${upstream.port}/v1" } }
`;

let gateway: StartedGateway;
beforeAll(async () => {
  gateway = await startGateway({
    gateways: { cached: { cache_ttl: 300 } },
    providers: { openai: { base_url: `http://127.0.0.1:${upstream.port}/v1`, dialect: null } },
  });
});
beforeEach(() => {
  calls = 0;
  aborted = 0;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop(true);
});

let counter = 0;
const question = () => ({ model: "m", messages: [], seed: (counter += 1) });
const ask = (
  body: unknown,
  { url = `${gateway.url}/v1/default/cached`, signal }: { url?: string; signal?: AbortSignal } = {},
) =>
  fetch(`${url}/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
const status = (response: Response) => response.headers.get("cf-aig-cache-status");
const json = (text: string, pauseMs = 50) =>
  Bun.sleep(pauseMs).then(() =>
    Response.json({ model: "m", choices: [{ message: { content: text }, finish_reason: "stop" }] }),
  );

/** A stream that gives each part when it is let go on. */
function steered() {
  let give: (bytes: Uint8Array | null) => void = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      give = (bytes) => (bytes === null ? controller.close() : controller.enqueue(bytes));
    },
  });
  respond = () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  return { give: (bytes: Uint8Array | null) => give(bytes) };
}

describe("equal requests at one time", () => {
  test("one of 1,000 asks the provider, over two workers", async () => {
    using directory = temporaryDirectory();
    await using headgate = runHeadgateProcess({
      yaml,
      directory: directory.path,
      environment: { HEADGATE_WORKERS: "2" },
    });
    const url = `${await servedUrl(headgate)}/v1/default/default`;
    respond = () => json("once", 400);
    const body = question();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => ask(body, { url })));
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect([calls, texts.size]).toEqual([1, 1]);
    expect(answers.filter((answer) => status(answer) === "MISS")).toHaveLength(1);
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
  }, 30_000);

  test("a stream reaches both workers as it comes; a worker that is killed lets another one ask", async () => {
    using directory = temporaryDirectory();
    await using headgate = runHeadgateProcess({
      yaml,
      directory: directory.path,
      environment: { HEADGATE_WORKERS: "2" },
    });
    const url = `${await servedUrl(headgate)}/v1/default/default`;
    const stream = steered();
    const body = question();
    const readers = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const asked = ask(body, { url });
        await Bun.sleep(20);
        stream.give(event("begin"));
        const answer = await asked;
        return { status: status(answer), reader: answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> };
      }),
    );
    expect(calls).toBe(1);
    for (const { reader } of readers)
      expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toContain("begin");
    stream.give(event("end", "stop"));
    stream.give(done);
    stream.give(null);
    for (const { reader } of readers) {
      let text = "";
      for (let part = await reader.read(); !part.done; part = await reader.read())
        text += Buffer.from(part.value).toString();
      expect(text).toEndWith("data: [DONE]\n\n");
    }
    expect(readers.filter((each) => each.status === "MISS")).toHaveLength(1);

    // Half of these wait in the worker that asks, half in the other one.
    let release = (): void => {};
    respond = (call) =>
      call === 2 ? new Promise<Response>((resolve) => (release = () => resolve(json("second", 0)))) : json("second");
    const next = question();
    const waiting = Array.from({ length: 24 }, () =>
      ask(next, { url })
        .then((answer) => answer.text())
        .catch(() => "lost"),
    );
    await waitFor(
      () => calls === 2,
      () => `${calls} calls`,
    );
    await Bun.sleep(200);
    const pids = workerPids(headgate);
    process.kill(pids[0] as number, "SIGKILL");
    await waitFor(
      () => !isProcessAlive(pids[0] as number),
      () => "it lives",
    );
    // A writer without a sign of life is taken for dead after five seconds.
    await waitFor(
      () => calls === 3,
      () => "nobody asked",
    ).catch(() => null);
    release();
    const texts = await Promise.all(waiting);
    const survivors = texts.filter((text) => text.includes("second"));
    // Which of the workers asked is the kernel's choice: either its waiters were lost with it, or the survivor was the one that asked.
    expect([2, 3]).toContain(calls);
    expect(survivors.length).toBeGreaterThan(0);
    expect((await ask(next, { url })).status).toBe(200);
  }, 40_000);

  test("a stream is shared from its beginning, with those who come late, too", async () => {
    const stream = steered();
    const body = question();
    const first = ask(body);
    await waitFor(
      () => calls === 1,
      () => "no call",
    );
    stream.give(event("one "));
    const leader = await first;
    const late = await ask(body);
    expect([status(leader), status(late)]).toEqual(["MISS", "HIT"]);
    stream.give(event("two", "stop"));
    stream.give(done);
    stream.give(null);
    const [left, right] = await Promise.all([leader.text(), late.text()]);
    expect(right).toBe(left);
    expect(calls).toBe(1);
    const replayed = await ask(body);
    expect([status(replayed), await replayed.text()]).toEqual(["HIT", left]);
    expect(gateway.recordOf(late.headers.get("cf-aig-log-id") as string)).toMatchObject({
      cacheStatus: "HIT",
      outcome: "complete",
      streamed: true,
      responseSizeBytes: left.length,
      cost: { nanoUsd: null },
    });
  });

  test("a JSON answer is given to all with its length, whatever other fields name its type", async () => {
    const answer = Promise.withResolvers<Response>();
    respond = () => answer.promise;
    const body = question();
    const asked = [ask(body), ask(body)];
    await waitFor(
      () => calls === 1,
      () => "no call",
    );
    // The head comes before the body, so that whoever waits has to tell from it what follows.
    const whole = JSON.stringify({ model: "m", choices: [] });
    const bodyInParts = new ReadableStream({
      async start(controller) {
        controller.enqueue(encoder.encode(whole.slice(0, 5)));
        await Bun.sleep(50);
        controller.enqueue(encoder.encode(whole.slice(5)));
        controller.close();
      },
    });
    const headers = { "access-control-expose-headers": "content-type", "content-type": "application/json" };
    answer.resolve(new Response(bodyInParts, { headers }));
    for (const response of await Promise.all(asked)) {
      expect(response.headers.get("content-length")).toBe(String(whole.length));
      expect(await response.text()).toBe(whole);
    }
    expect(calls).toBe(1);
  });

  test("who waits may leave and takes nobody with it", async () => {
    const body = question();
    let release = (): void => {};
    respond = () => new Promise((resolve) => (release = () => resolve(json("late", 0))));
    const leader = ask(body);
    await waitFor(
      () => calls === 1,
      () => "no call",
    );
    const leaving = new AbortController();
    const gone = ask(body, { signal: leaving.signal }).catch((error: Error) => error.name);
    const staying = ask(body);
    await Bun.sleep(50);
    leaving.abort();
    expect(await gone).toBe("AbortError");
    await waitFor(
      () => gateway.records().some(({ outcome }) => outcome === "client_aborted"),
      () => "no record",
    );
    release();
    expect([status(await leader), status(await staying), calls, aborted]).toEqual(["MISS", "HIT", 1, 0]);
  });

  test.each(["before its head", "in its middle"])("the one that asks may leave %s while others wait", async (when) => {
    const body = question();
    const leaving = new AbortController();
    const stream = steered();
    const leader = ask(body, { signal: leaving.signal });
    const lost = leader.then((answer) => answer.text()).catch((error: Error) => error.name);
    await waitFor(
      () => calls === 1,
      () => "no call",
    );
    const waiting = ask(body);
    await Bun.sleep(30);
    if (when === "in its middle") {
      stream.give(event("one "));
      await leader;
      await waiting;
    }
    leaving.abort();
    expect(await lost).toBe("AbortError");
    await Bun.sleep(50);
    expect(aborted).toBe(0);
    stream.give(event("two", "stop"));
    stream.give(done);
    stream.give(null);
    const answer = await waiting;
    expect([status(answer), await answer.text()]).toEqual(["HIT", expect.stringContaining("two")]);
    const again = await ask(body);
    expect([status(again), calls]).toEqual(["HIT", 1]);
    await again.text();
    // It was asked and is paid for, although the one who asked is gone.
    const record = gateway.records().findLast(({ cacheStatus }) => cacheStatus === "MISS");
    expect(record).toMatchObject({ outcome: "client_aborted", cause: "client_gone", isUsageEstimated: false });
  });

  test("when all have left, the provider is told", async () => {
    const body = question();
    const stream = steered();
    const leaving = new AbortController();
    const both = [0, 1].map(() =>
      ask(body, { signal: leaving.signal })
        .then((answer) => answer.text())
        .catch(() => "left"),
    );
    await waitFor(
      () => calls === 1,
      () => "no call",
    );
    stream.give(event("one"));
    await Bun.sleep(50);
    leaving.abort();
    expect(await Promise.all(both)).toEqual(["left", "left"]);
    await waitFor(
      () => aborted === 1,
      () => "the call goes on",
    );
  });

  test("a failure is tried once more by one of those who waited, whose answer is everybody's", async () => {
    const body = question();
    respond = (call) =>
      call === 1 ? Bun.sleep(100).then(() => new Response("busy", { status: 503 })) : json("second");
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(body)));
    expect(calls).toBe(2);
    expect(answers.filter((answer) => answer.status === 503)).toHaveLength(1);
    expect(answers.filter((answer) => status(answer) === "HIT")).toHaveLength(18);
  });

  test("a failure that comes again is told to each, and cached for nobody", async () => {
    for (const code of [503, 400]) {
      calls = 0;
      const body = question();
      respond = () => Bun.sleep(100).then(() => Response.json({ error: { message: `no ${code}` } }, { status: code }));
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(body)));
      // What cannot be mended by asking again is not asked again.
      expect([code, calls]).toEqual([code, code === 503 ? 2 : 1]);
      expect(answers.map((answer) => [answer.status, status(answer)])).toEqual(answers.map(() => [code, "MISS"]));
      for (const answer of answers) expect(await answer.text()).toContain(`no ${code}`);
      const before = calls;
      await (await ask(body)).text();
      expect(calls).toBe(before + 1);
    }
  });

  test("what is not to be cached is asked for by each", async () => {
    const body = question();
    respond = () => Bun.sleep(100).then(() => new Response("sound", { headers: { "content-type": "audio/mpeg" } }));
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(body)));
    expect([calls, ...answers.map(status)]).toEqual([5, ...Array(5).fill("MISS")]);
    for (const answer of answers) expect(await answer.text()).toBe("sound");
  });

  test("a stream that breaks off breaks off for all, and is cached for nobody", async () => {
    const body = question();
    respond = () => {
      const parts = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(event("one "));
          await Bun.sleep(100);
          controller.error(new Error("broken"));
        },
      });
      return new Response(parts, { headers: { "content-type": "text/event-stream" } });
    };
    const endings = await Promise.all(
      Array.from({ length: 3 }, () =>
        ask(body)
          .then((answer) => answer.text())
          .then(
            () => "whole",
            () => "broken",
          ),
      ),
    );
    expect([calls, endings]).toEqual([1, ["broken", "broken", "broken"]]);
    respond = () => json("whole");
    expect(status(await ask(body))).toBe("MISS");
  });
});
