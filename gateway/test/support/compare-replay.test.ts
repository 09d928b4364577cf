import { afterAll, beforeAll, expect, test } from "bun:test";
import { compareReplay } from "./compare-replay.ts";
import { keepClient } from "./kept-client.ts";
import type { KeptClient } from "./kept-client.ts";
import type { RawResponse } from "./raw-response.ts";
import { replayProviders } from "./recorded-route.ts";
import { startReplayUpstream } from "./replay-upstream.ts";
import type { ReplayUpstream } from "./replay-upstream.ts";
import { sampleExchange } from "./samples.ts";
import { startGateway } from "./start-gateway.ts";
import type { StartedGateway } from "./start-gateway.ts";

const exchange = sampleExchange("openai-chat-stream");
let upstream: ReplayUpstream;
let gateway: StartedGateway;
let direct: KeptClient;
let through: KeptClient;

beforeAll(async () => {
  upstream = startReplayUpstream();
  gateway = await startGateway({ providers: replayProviders(upstream.url, []) });
  direct = keepClient(upstream.port);
  through = keepClient(gateway.port);
});
afterAll(async () => {
  direct.close();
  through.close();
  await gateway.stop();
  upstream.stop();
});

/** The comparison when every answer of the gateway is changed by `tamper` on its way. */
async function differencesWhen(tamper: (answer: RawResponse) => Partial<RawResponse>): Promise<readonly string[]> {
  const tampered: KeptClient = {
    ...through,
    async exchange(request) {
      const answer = await through.exchange(request);
      return { ...answer, ...tamper(answer) };
    },
  };
  const ways = { upstream, direct, through: tampered, recordOf: gateway.recordOf };
  return (await compareReplay(exchange, ways)).differences;
}

test("an untouched answer shows no difference; every kind of change shows", async () => {
  expect(await differencesWhen(() => ({}))).toEqual([]);
  const changes: Record<string, (answer: RawResponse) => Partial<RawResponse>> = {
    "status 201 instead of 200": () => ({ status: 201 }),
    "ended closed_early instead of clean": () => ({ ending: "closed_early" }),
    "body differs": ({ body }) => ({ body: Buffer.concat([body.subarray(0, 9), Buffer.from("x"), body.subarray(10)]) }),
    "answer fields": ({ headerLines }) => ({ headerLines: headerLines.filter((line) => !line.startsWith("date")) }),
    "cf-aig-step is undefined": ({ header }) => ({
      header: (name) => (name === "cf-aig-step" ? undefined : header(name)),
    }),
    "no record": ({ header }) => ({ header: (name) => (name === "cf-aig-log-id" ? "none" : header(name)) }),
  };
  for (const [difference, tamper] of Object.entries(changes)) {
    expect((await differencesWhen(tamper)).join("\n")).toContain(difference);
  }
});

test("a relay that is no gateway is found out: wrong target, its fields passed on, none of its own added, no record", async () => {
  const ways = { upstream, direct, through: keepClient(upstream.port), recordOf: gateway.recordOf };
  const found = (await compareReplay(exchange, ways)).differences.join("\n");
  ways.through.close();
  for (const part of [
    "arrived at /v1/default",
    "request fields",
    "cf-aig-log-id is undefined",
    "no record",
    "for host",
  ]) {
    expect(found).toContain(part);
  }
});
