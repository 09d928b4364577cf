import { describe, expect, test } from "bun:test";
import { sampleEntry } from "../../../test/support/sample-entry.ts";
import { attributesOf, startOtlpCollector } from "../../../test/support/otlp-collector.ts";
import { until } from "../../../test/support/until.ts";
import { systemClock } from "../../core/clock.ts";
import type { OtlpExporterSettings } from "../../core/export-settings.ts";
import { createGuardedFetch } from "../../http1/guarded-fetch.ts";
import type { OtlpLimits } from "./exporter-settings.ts";
import { createOtlpConsumer, type OtlpConsumer } from "./otlp-consumer.ts";

const quick: Partial<OtlpLimits> = { batchDelayMs: 5, retryDelayMs: 5, breakerOpenMs: 50, timeoutMs: 500 };
const secret = "Bearer very-secret-token";

interface Started {
  readonly otlp: OtlpConsumer;
  readonly failures: string[];
}

function start(settings: Partial<OtlpExporterSettings> & { url: string }, limits: Partial<OtlpLimits> = {}): Started {
  const failures: string[] = [];
  const otlp = createOtlpConsumer({
    gateways: [{ accountId: "default", gatewayId: "default", otel: [{ headers: {}, ...settings }], isGuarded: false }],
    guardedFetch: () => Promise.reject(new Error("no exporter here is guarded")),
    limits: { ...quick, ...limits },
    resolveSecret: async (reference) => (reference === "secret:collector" ? secret : null),
    onFailure: (name, cause) => failures.push(`${name} ${cause}`),
  });
  return { otlp, failures };
}

const chat = {
  request: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
  response: JSON.stringify({ choices: [{ message: { role: "assistant", content: "ho" }, finish_reason: "stop" }] }),
};

describe.each(["json", "protobuf"] as const)("%s", (contentType) => {
  test("a span arrives with both spellings, its times to the nanosecond, and its secret in the header only", async () => {
    await using collector = startOtlpCollector();
    const headers = { "x-api-key": "key-in-a-header" };
    const { otlp } = start({
      url: collector.url,
      content_type: contentType,
      authorization: "secret:collector",
      headers,
    });
    const entry = sampleEntry(
      {
        traceId: "2bab4c4f7b9c4d0d8a7e6f5a4b3c2d1e",
        parentSpanId: "00f067aa0ba902b7",
        createdAtMs: 1_763_629_502_412,
        durationMs: 812.000001,
        streamed: true,
        metadata: { user: "u1", paid: true, tier: 2.5, seat: -7, "gen_ai.request.model": "liar", "headgate.step": "x" },
        usage: { inputTokens: 21, outputTokens: 37, inputCachedTokens: 9, outputReasoningTokens: 5 },
        cost: { state: "priced", nanoUsd: 79_300, priceVersion: "1" },
        requestHeaders: { "x-left-by-mistake": "sk-of-a-client" },
      },
      chat,
    );
    otlp.consume([entry]);
    await until("the span", () => collector.spans.length === 1);
    const [span] = collector.spans;
    expect(span).toMatchObject({
      traceId: "2bab4c4f7b9c4d0d8a7e6f5a4b3c2d1e",
      spanId: entry.record.id.replaceAll("-", "").slice(16),
      parentSpanId: "00f067aa0ba902b7",
      name: "cf.aig.request",
      kind: 3,
      startTimeUnixNano: "1763629502412000000",
      endTimeUnixNano: "1763629503224000001",
      status: {},
    });
    expect(attributesOf(span!)).toMatchObject({
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.model.provider": "openai",
      "gen_ai.provider.name": "openai",
      "gen_ai.operation.name": "chat",
      "gen_ai.usage.input_tokens": "21",
      "gen_ai.usage.output_tokens": "37",
      "gen_ai.usage.cache_read.input_tokens": "9",
      "gen_ai.usage.reasoning.output_tokens": "5",
      "gen_ai.usage.cost": 0.0000793,
      "gen_ai.response.time_to_first_chunk": 0.2315,
      "gen_ai.prompt_json": '[{"role":"user","content":"hi"}]',
      "gen_ai.completion_json": chat.response,
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
      "gen_ai.output.messages":
        '[{"role":"assistant","parts":[{"type":"text","content":"ho"}],"finish_reason":"stop"}]',
      "http.response.status_code": "200",
      "headgate.cache_status": "MISS",
      "headgate.step": "0",
      "headgate.attempt": "1",
      "headgate.time_to_first_byte_ms": 231.5,
      "headgate.overhead_ms": 0.4,
      user: "u1",
      paid: true,
      tier: 2.5,
      seat: "-7",
    });
    const [request] = collector.requests;
    expect(request?.path).toBe("/collect");
    expect(request?.headers.get("authorization")).toBe(secret);
    expect(request?.headers.get("x-api-key")).toBe("key-in-a-header");
    for (const hidden of [secret, "key-in-a-header", "sk-of-a-client"])
      expect(request?.body.includes(hidden)).toBe(false);
    await otlp.stop(1000);
    expect(otlp.states()).toMatchObject([
      { name: "default/default/0", sentSpans: 1, queuedSpans: 0, breaker: "closed" },
    ]);
  });

  test("partial success is counted", async () => {
    await using collector = startOtlpCollector();
    collector.answers.push(() =>
      contentType === "json"
        ? Response.json({ partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } })
        : new Response(Uint8Array.from([0x0a, 0x02, 0x08, 0x02]), {
            headers: { "content-type": "application/x-protobuf" },
          }),
    );
    const { otlp } = start({ url: collector.url, content_type: contentType });
    otlp.consume([sampleEntry(), sampleEntry(), sampleEntry()]);
    await until("the request", () => collector.requests.length === 1);
    await otlp.stop(1000);
    expect(otlp.states()[0]).toMatchObject({ sentSpans: 1, droppedSpans: { rejected: 2 } });
  });
});

describe("faults", () => {
  test("429 and 503 are tried again, Retry-After is heeded, and the span arrives once", async () => {
    await using collector = startOtlpCollector();
    collector.answers.push(
      () => new Response(null, { status: 503 }),
      () => new Response(null, { status: 429, headers: { "retry-after": "1" } }),
    );
    const { otlp, failures } = start({ url: collector.url });
    const startedAtMs = performance.now();
    otlp.consume([sampleEntry()]);
    await until("the span", () => collector.spans.length === 1, 5000);
    expect(performance.now() - startedAtMs).toBeGreaterThan(990);
    expect(failures).toEqual(["default/default/0 503", "default/default/0 429"]);
    await otlp.stop(100);
    expect(otlp.states()[0]).toMatchObject({ sentSpans: 1, failedRequests: 2 });
  });

  test("400 is not tried again, and a redirect is not followed", async () => {
    await using elsewhere = startOtlpCollector();
    await using collector = startOtlpCollector();
    collector.answers.push(
      () => new Response(null, { status: 400 }),
      () => Response.redirect(elsewhere.url, 307),
    );
    const { otlp, failures } = start({ url: collector.url });
    otlp.consume([sampleEntry()]);
    await until("the first failure", () => failures.length === 1);
    otlp.consume([sampleEntry()]);
    await until("the second failure", () => failures.length === 2);
    await otlp.stop(100);
    expect(failures).toEqual(["default/default/0 400", "default/default/0 307"]);
    expect([collector.requests.length, elsewhere.requests.length]).toEqual([2, 0]);
    expect(otlp.states()[0]?.droppedSpans.rejected).toBe(2);
  });

  test("a collector that is not there, and a secret that is not there", async () => {
    const gone = startOtlpCollector();
    await gone[Symbol.asyncDispose]();
    for (const [settings, cause] of [
      [{ url: gone.url }, "no_connection"],
      [{ url: gone.url, authorization: "secret:missing" }, "secret_missing"],
    ] as const) {
      const { otlp, failures } = start(settings, { maxTries: 2 });
      otlp.consume([sampleEntry()]);
      await until("giving up", () => otlp.states()[0]?.droppedSpans.gave_up === 1);
      await otlp.stop(100);
      expect(failures).toEqual([`default/default/0 ${cause}`, `default/default/0 ${cause}`]);
    }
  });

  test("a silent collector ends in a time-out", async () => {
    await using collector = startOtlpCollector();
    const silence = Promise.withResolvers<Response>();
    collector.answers.push(() => silence.promise);
    const { otlp, failures } = start({ url: collector.url }, { timeoutMs: 40 });
    otlp.consume([sampleEntry()]);
    await until("the span", () => collector.spans.length === 1);
    expect(failures).toEqual(["default/default/0 timeout"]);
    silence.resolve(new Response());
    await otlp.stop(100);
  });

  test("the queue is bounded by number and by size, and taking a batch never waits", async () => {
    await using collector = startOtlpCollector();
    const silence = Promise.withResolvers<Response>();
    collector.answers.push(() => silence.promise);
    const many = start({ url: collector.url }, { maxQueuedSpans: 100, maxBatchSpans: 10, timeoutMs: 60_000 });
    many.otlp.consume([sampleEntry()]);
    await until("the request", () => collector.requests.length === 1);
    const startedAtMs = performance.now();
    many.otlp.consume(Array.from({ length: 1000 }, () => sampleEntry()));
    expect(performance.now() - startedAtMs).toBeLessThan(500);
    expect(many.otlp.states()[0]).toMatchObject({ queuedSpans: 100, droppedSpans: { queue_full: 900 } });
    silence.resolve(new Response());
    await until("the queue", () => collector.spans.length === 101);
    await many.otlp.stop(100);

    const large = start({ url: collector.url }, { maxQueuedBytes: 100_000, batchDelayMs: 60_000 });
    large.otlp.consume(Array.from({ length: 100 }, () => sampleEntry({}, { request: "x".repeat(8000) })));
    const state = large.otlp.states()[0]!;
    expect(state.queuedSpans).toBe(9);
    expect(state.queuedBytes).toBeLessThanOrEqual(100_000);
    expect(state.droppedSpans.queue_full).toBe(91);
    await large.otlp.stop(1000);
    expect(large.otlp.states()[0]?.sentSpans).toBe(9);
  });

  test("the breaker opens after failures in a row, lets one through, and closes", async () => {
    await using collector = startOtlpCollector();
    for (let count = 0; count < 4; count += 1) collector.answers.push(() => new Response(null, { status: 503 }));
    const limits = { breakerFailures: 3, breakerOpenMs: 400, maxTries: 10 };
    const { otlp } = start({ url: collector.url }, limits);
    otlp.consume([sampleEntry()]);
    await until("the breaker", () => otlp.states()[0]?.breaker === "open");
    expect(collector.requests.length).toBe(3);
    await Bun.sleep(100);
    expect(collector.requests.length).toBe(3);
    await until("the fourth, which fails too", () => collector.requests.length === 4);
    await Bun.sleep(300);
    expect(collector.requests.length).toBe(4);
    await until("the span", () => collector.spans.length === 1);
    await until("the breaker to close", () => otlp.states()[0]?.breaker === "closed");
    expect(otlp.states()[0]).toMatchObject({ sentSpans: 1, failedRequests: 4 });
    await otlp.stop(100);
  });

  test("a record no span can be made of does not stop the others", async () => {
    await using collector = startOtlpCollector();
    const { otlp } = start({ url: collector.url });
    otlp.consume([sampleEntry({ createdAtMs: 0.5 }), sampleEntry()]);
    await until("the span", () => collector.spans.length === 1);
    await otlp.stop(100);
    expect(otlp.states()[0]?.droppedSpans.unreadable).toBe(1);
  });

  test("stopping breaks off what hangs, and counts it", async () => {
    await using collector = startOtlpCollector();
    const silence = Promise.withResolvers<Response>();
    collector.answers.push(() => silence.promise);
    const { otlp } = start({ url: collector.url }, { timeoutMs: 60_000, maxBatchSpans: 1 });
    otlp.consume([sampleEntry(), sampleEntry()]);
    await until("the request", () => collector.requests.length === 1);
    const startedAtMs = performance.now();
    await otlp.stop(50);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
    expect(otlp.states()[0]?.droppedSpans.stopped).toBe(2);
    silence.resolve(new Response());
  });
});

test("new settings: the same exporter goes on, a changed one is replaced and sends what it has", async () => {
  await using first = startOtlpCollector();
  await using second = startOtlpCollector();
  const { otlp } = start({ url: first.url }, { batchDelayMs: 60_000 });
  const gateway = { accountId: "default", gatewayId: "default" };
  otlp.consume([sampleEntry()]);
  otlp.configure([{ ...gateway, otel: [{ headers: {}, url: first.url }], isGuarded: false }]);
  expect(otlp.states()[0]?.queuedSpans).toBe(1);
  otlp.configure([{ ...gateway, otel: [{ headers: {}, url: second.url }], isGuarded: false }]);
  otlp.consume([sampleEntry(), sampleEntry({ gatewayId: "other" })]);
  await otlp.stop(1000);
  expect([first.spans.length, second.spans.length]).toEqual([1, 1]);
});

test("R27 what the API named is held to the address policy, each time; what the file named is not", async () => {
  await using collector = startOtlpCollector();
  const failures: string[] = [];
  const guarded = createGuardedFetch({ network: { allow_private: [], allow_http: true }, clock: systemClock });
  const otel = [{ headers: {}, url: collector.url }];
  const otlp = createOtlpConsumer({
    gateways: [
      { accountId: "default", gatewayId: "own", otel, isGuarded: false },
      { accountId: "default", gatewayId: "made", otel, isGuarded: true },
    ],
    guardedFetch: guarded.fetch,
    limits: quick,
    resolveSecret: async () => null,
    onFailure: (name, cause) => failures.push(`${name} ${cause}`),
  });
  otlp.consume([sampleEntry({ gatewayId: "own" }), sampleEntry({ gatewayId: "made" })]);
  await until("both ends", () => collector.spans.length === 1 && failures.length === 1);
  await otlp.stop(1000);
  guarded.close();
  expect(failures).toEqual(["default/made/0 address_not_allowed"]);
  expect(otlp.states().map(({ droppedSpans, sentSpans }) => [sentSpans, droppedSpans.rejected])).toEqual([
    [1, 0],
    [0, 1],
  ]);
});
