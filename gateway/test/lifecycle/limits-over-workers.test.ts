import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChatUpstream, startChatUpstream } from "../support/chat-upstream.ts";
import { askAtOnce } from "../support/crowd.ts";
import { type HeadgateProcess, runHeadgateProcess, servedUrl, workerPids } from "../support/headgate-process.ts";

const RUNS = 20;
const KEY_RUNS = 5;
const CROWD = 1000;
const ADMIN_TOKEN = "hg-test-admin-token-0123456789";
const CENT = { "cf-aig-custom-cost": '{"total_cost":0.01}' };

/** Limits of a hundred in windows that do not end while the test runs, one gateway for each run. */
const kinds: Readonly<Record<string, string>> = {
  fixed: "{ metric: requests, limit: 100, window: 31622400, technique: fixed }",
  sliding: "{ metric: requests, limit: 100, window: 3600 }",
  bucket: "{ metric: requests, limit: 100, window: 86400, technique: token_bucket }",
};

function yamlFor(upstreamUrl: string): string {
  const runs = Array.from({ length: RUNS }, (_, run) => run);
  const keys = [40, 60]
    .map((limit) => `{ provider: openai, secret: "env:POOLED_KEY", rate_limit: ${limit}, rate_limit_period: 3600 }`)
    .join(", ");
  const names = Object.keys(kinds).flatMap((kind) => runs.map((run) => `${kind}-${run}`));
  return [
    `providers: { openai: { base_url: "${upstreamUrl}/v1" } }`,
    "accounts:",
    "  default:",
    "    gateways:",
    ...[...names, ...runs.map((run) => `money-${run}`), "held", "spent", "at-once"].map((name) => `      ${name}: {}`),
    ...runs.slice(0, KEY_RUNS).map((run) => `      key-${run}: { keys: [${keys}] }`),
    "    limits:",
    ...names.map(
      (name) =>
        `      ${name}: ${(kinds[name.split("-")[0] as string] as string).replace("{", `{ gateways: [${name}],`)}`,
    ),
    "      at-once: { metric: concurrent, limit: 50, gateways: [at-once] }",
    "    budgets:",
    ...runs.map(
      (run) => `      money-${run}: { limit: 1, period: month, technique: sliding, gateways: [money-${run}] }`,
    ),
    "      held: { limit: 1, period: month, technique: sliding, gateways: [held] }",
    "      spent: { limit: 1, period: month, technique: sliding, gateways: [spent] }",
    "",
  ].join("\n");
}

let upstream: ChatUpstream;
let headgate: HeadgateProcess;
let port = 0;

beforeAll(async () => {
  upstream = startChatUpstream();
  headgate = runHeadgateProcess({
    yaml: yamlFor(upstream.url),
    environment: { HEADGATE_WORKERS: "2", POOLED_KEY: "sk-pooled", HEADGATE_ADMIN_TOKEN: ADMIN_TOKEN },
  });
  port = Number(new URL(await servedUrl(headgate)).port);
});
afterAll(async () => {
  await headgate[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const ask = async (gateway: string, count: number, headers: Record<string, string> = {}) => {
  const statuses = await askAtOnce({ port, path: `/v1/default/${gateway}/openai/chat/completions`, count, headers });
  return {
    passed: statuses.filter((status) => status === 200).length,
    refused: statuses.filter((status) => status === 429).length,
  };
};
/** Thresholds that were told of a budget, in order, once the last one is there. */
async function thresholdsOf(budget: string): Promise<readonly number[]> {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/api/accounts/default/events?budget=${budget}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const { result } = (await response.json()) as { readonly result: readonly { readonly threshold: number }[] };
    const told = result.map(({ threshold }) => threshold).toSorted((left, right) => left - right);
    if (told.includes(100) || tries > 100) return told;
    await Bun.sleep(50);
  }
}

describe("a thousand at once, over both workers", () => {
  test.each(Object.keys(kinds))(
    "%s: a limit of 100 admits 100",
    async (kind) => {
      for (let run = 0; run < RUNS; run += 1)
        expect(await ask(`${kind}-${run}`, CROWD)).toEqual({ passed: 100, refused: 900 });
    },
    60_000,
  );

  test("rate limits of two keys of a pool, 40 and 60, admit 100 together", async () => {
    for (let run = 0; run < KEY_RUNS; run += 1)
      expect(await ask(`key-${run}`, CROWD, { authorization: "" })).toEqual({ passed: 100, refused: 900 });
  }, 60_000);

  test("a budget of a dollar gives a hundred of a cent", async () => {
    for (let run = 0; run < RUNS; run += 1)
      expect(await ask(`money-${run}`, CROWD, CENT)).toEqual({ passed: 100, refused: 900 });
  }, 60_000);

  test("each threshold of a budget is told once, by whichever worker goes past it", async () => {
    for (let run = 0; run < RUNS; run += 1) expect(await thresholdsOf(`money-${run}`)).toEqual([50, 80, 100]);
  });
});

describe("kill -9", () => {
  test("of a worker: what it held is given back within seconds, what was spent stays", async () => {
    expect(await ask("held", 20, CENT)).toEqual({ passed: 20, refused: 0 });
    let open = () => {};
    upstream.answer({ gate: new Promise((resolve) => (open = () => resolve(undefined))) });
    const before = upstream.count;
    const waiting = ask("held", 80, CENT);
    const running = ask("at-once", 50, CENT);
    while (upstream.count < before + 130) await Bun.sleep(5);
    expect(await ask("held", 10, CENT)).toEqual({ passed: 0, refused: 10 });
    expect(await ask("at-once", 10, CENT)).toEqual({ passed: 0, refused: 10 });
    process.kill(workerPids(headgate)[0] as number, "SIGKILL");
    await headgate.until(() => headgate.logged("counters_released").length > 0);
    open();
    upstream.answer({});
    const finished = (await waiting).passed;
    await running;
    expect(finished).toBeLessThan(80);
    expect(await ask("held", 200, CENT)).toEqual({ passed: 80 - finished, refused: 120 + finished });
    expect((await ask("at-once", 20, CENT)).passed).toBe(20);
  }, 60_000);

  test("of all: spending is what it was", async () => {
    expect(await ask("spent", 63, CENT)).toEqual({ passed: 63, refused: 0 });
    for (const pid of [...workerPids(headgate).slice(1), headgate.pid]) process.kill(pid, "SIGKILL");
    await headgate.exited();
    await using again = runHeadgateProcess({
      directory: headgate.directory,
      environment: { HEADGATE_ADMIN_TOKEN: ADMIN_TOKEN },
    });
    port = Number(new URL(await servedUrl(again)).port);
    expect(await ask("spent", 200, CENT)).toEqual({ passed: 37, refused: 163 });
    // Half of it was spent before, and told then.
    expect(await thresholdsOf("spent")).toEqual([50, 80, 100]);
    expect((await ask("fixed-0", 5)).passed).toBe(0);
  }, 60_000);
});
