import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import packageDescription from "../../package.json" with { type: "json" };
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";

async function outcomeOf(
  args: readonly string[],
  yaml?: string,
): Promise<{ status: number; out: string; err: string }> {
  await using command = runHeadgateProcess({ args, ...(yaml === undefined ? {} : { yaml }) });
  const status = await command.exited();
  await Bun.sleep(20);
  return { status, out: command.stdout(), err: command.stderr() };
}

const brokenYaml = "timeouts: { connect_ms: soon }\nlimit: {}\n";

test("problems of the configuration stop the start, one line each, with status 78", async () => {
  for (const args of [[], ["serve"], ["config", "check"]]) {
    const { status, out, err } = await outcomeOf(args, brokenYaml);
    expect(status).toBe(78);
    expect(out).toBe("");
    expect(err).toContain("headgate.yaml:1:13  timeouts.connect_ms: expected an integer");
    expect(err).toContain("headgate.yaml:2:1  limit:");
    expect(err).not.toContain(" at ");
  }
}, 20_000);

test("config check tells what it looked at, config schema prints the schema", async () => {
  expect(await outcomeOf(["config", "check"], "streams: {}\n")).toMatchObject({
    status: 0,
    out: "OK: headgate.yaml, PORT\n",
  });
  const { status, out } = await outcomeOf(["config", "schema"]);
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ type: "object", properties: { providers: {}, timeouts: {} } });
});

test("version and help", async () => {
  for (const args of [["version"], ["--version"], ["-v"]]) {
    expect(await outcomeOf(args)).toEqual({ status: 0, out: `${packageDescription.version}\n`, err: "" });
  }
  const root = await outcomeOf(["--help"]);
  expect(root.status).toBe(0);
  for (const word of ["serve", "tail", "config", "version", "EXAMPLES", "HEADGATE_DATA", "EXIT STATUS"]) {
    expect(root.out).toContain(word);
  }
  const tail = await outcomeOf(["tail", "-h"]);
  for (const word of ["headgate tail", "--json", "--since-start", "--provider", "--status", "--failed", "--limit"]) {
    expect(tail.out).toContain(word);
  }
  expect((await outcomeOf(["config", "check", "--help"])).out).toContain("headgate config check");
  // What is read by people who pipe it into a pager or a file.
  expect(root.out + tail.out).not.toContain("\u001B");
}, 20_000);

test("what is not understood ends with 64 and says what", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["nonsense"], "Unknown command"],
    [["serve", "--port", "80"], "Unknown option --port"],
    [["--quick"], "Unknown option --quick"],
    [["tail", "--limit", "0"], "--limit takes a number from 1 on"],
    [["tail", "--status", "20"], "--status takes statuses"],
    [["config"], "No command specified"],
  ];
  for (const [args, text] of cases) {
    const { status, err } = await outcomeOf(args);
    expect(err).toContain(text);
    expect(status).toBe(64);
  }
}, 20_000);

test("tail without a journal says so", async () => {
  const { status, err } = await outcomeOf(["tail"]);
  expect(status).toBe(66);
  expect(err).toMatch(/^There is no journal in \/.*\/data\. .*HEADGATE_DATA/);
});

test("tail prints the record of a request as it is made, as a line and as JSON, and ends at SIGINT", async () => {
  using upstream = streamingUpstream(2, 0);
  await using headgate = runHeadgateProcess({ yaml: upstream.yaml, environment: { HEADGATE_WORKERS: "1" } });
  const url = await servedUrl(headgate);
  await using lines = runHeadgateProcess({ args: ["tail"], directory: headgate.directory });
  await using json = runHeadgateProcess({ args: ["tail", "--json", "--limit=1"], directory: headgate.directory });
  await using failures = runHeadgateProcess({ args: ["tail", "--failed"], directory: headgate.directory });
  await using others = runHeadgateProcess({ args: ["tail", "--provider=anthropic"], directory: headgate.directory });
  const call = async (): Promise<void> => {
    const headers = { "content-type": "application/json", "cf-aig-event-id": "event-1" };
    const body = '{"model":"sample","stream":true}';
    await (
      await fetch(`${url}/v1/default/default/openai/chat/completions?key=hidden`, { method: "POST", headers, body })
    ).text();
  };
  // Followers need a moment to find the end of the journal; calls are made until each has seen one.
  while (lines.stdout() === "" || json.stdout() === "") {
    await call();
    await Bun.sleep(100);
  }
  expect(await json.exited()).toBe(0);
  const record = JSON.parse(json.stdout()) as ExchangeRecord;
  expect(record).toMatchObject({
    provider: "openai",
    model: "sample",
    path: "chat/completions",
    statusCode: 200,
    outcome: "complete",
  });
  expect(json.stdout()).not.toContain("hidden");
  expect(lines.stdout()).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}200 {2}openai\/sample {2}\/chat\/completions {2}->- tokens {2}ttfb \d+ms {2}\d+ms {2}complete\n/,
  );
  lines.kill("SIGINT");
  expect(await lines.exited()).toBe(0);
  expect(failures.stdout() + others.stdout()).toBe("");
}, 30_000);

test("tail --since-start prints what is kept, with filters, also after the gateway has gone", async () => {
  using upstream = streamingUpstream(1, 0);
  const yaml = `${upstream.yaml}  anthropic: { base_url: "http://127.0.0.1:1" }\n`;
  await using headgate = runHeadgateProcess({ yaml, environment: { HEADGATE_WORKERS: "1" } });
  const url = await servedUrl(headgate);
  for (const provider of ["openai", "anthropic", "openai"]) {
    await (
      await fetch(`${url}/v1/default/default/${provider}/chat/completions`, { method: "POST", body: "{}" })
    ).text();
  }
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
  const kept = async (...args: string[]): Promise<ExchangeRecord[]> => {
    await using tail = runHeadgateProcess({
      args: ["tail", "--json", "--since-start", ...args],
      directory: headgate.directory,
    });
    expect(await tail.exited()).toBe(0);
    return tail
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ExchangeRecord);
  };
  expect((await kept("-n", "3")).map((record) => record.statusCode)).toEqual([200, 400, 200]);
  expect((await kept("--failed", "--limit=1")).map((record) => record.errorCode)).toEqual([2005]);
  expect((await kept("--status", "2xx", "--provider", "openai", "--limit=2")).map((record) => record.provider)).toEqual(
    ["openai", "openai"],
  );
}, 30_000);
