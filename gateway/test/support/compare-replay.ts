import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { splitHeaderLine } from "./header-lines.ts";
import type { KeptClient } from "./kept-client.ts";
import type { RawRequest } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { bodyBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { recordedRoute } from "./recorded-route.ts";
import type { ReplayUpstream } from "./replay-upstream.ts";

/** Fields of one connection only; they need not be alike on both sides of the gateway. */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Both ways to the same upstream. */
export interface ReplayWays {
  readonly upstream: ReplayUpstream;
  /** Straight to the upstream. */
  readonly direct: KeptClient;
  /** To the gateway. */
  readonly through: KeptClient;
  /** The gateway's record by log id. */
  readonly recordOf: (logId: string) => ExchangeRecord | undefined;
}

/** How one exchange is sent. */
export interface ReplayOptions {
  readonly form?: "documented" | "client";
  /** `x-replay-*` and other end-to-end lines to add. */
  readonly lines?: readonly string[];
  /** Instead of the recorded method. */
  readonly method?: string;
}

/** What came of sending one exchange both ways. */
export interface ReplayComparison {
  /** Every difference found, in words; empty when the gateway was transparent. */
  readonly differences: readonly string[];
  readonly direct: RawResponse;
  readonly through: RawResponse;
  /** Undefined when the gateway left none. */
  readonly record: ExchangeRecord | undefined;
}

/**
 * Sends an exchange's request straight to the upstream and through the gateway, and compares what both clients got, what the
 * upstream got from the gateway with what the client sent, and the gateway's record with what crossed the wire.
 */
export async function compareReplay(
  exchange: RecordedExchange,
  ways: ReplayWays,
  options: ReplayOptions = {},
): Promise<ReplayComparison> {
  const { upstream } = ways;
  const route = recordedRoute(exchange, options.form);
  const request = endToEndRequest(exchange, options);
  upstream.add(exchange);
  const direct = await ways.direct.exchange({ ...request, target: route.upstreamTarget });
  upstream.takeRequest(exchange.id);
  const gatewayLines = [
    "cf-aig-collect-log: true",
    'cf-aig-metadata: {"team":"tests"}',
    "connection: keep-alive",
    "te: trailers",
  ];
  const through = await ways.through.exchange({
    ...request,
    target: `/v1/default/default/${route.slug}/${route.rest}`,
    headerLines: [...request.headerLines, ...gatewayLines],
  });
  const received = upstream.takeRequest(exchange.id);
  upstream.remove(exchange.id);
  const record = ways.recordOf(through.header("cf-aig-log-id") ?? "");
  const differences = [
    ...answerDifferences(direct, through, request.method),
    ...gatewayFieldDifferences(through),
    ...requestDifferences({ ...request, target: route.upstreamTarget }, received, upstream.port),
    ...recordDifferences(record, { request, response: through, slug: route.slug }),
  ].map((difference) => `${exchange.provider} ${exchange.id} ${request.method} ${route.rest}: ${difference}`);
  return { differences, direct, through, record };
}

function endToEndRequest(exchange: RecordedExchange, options: ReplayOptions): RawRequest {
  const method = options.method ?? exchange.request.method;
  const body = bodyBytes(exchange.request);
  const recorded = Object.entries(exchange.request.headers).map(([name, value]) => `${name}: ${value}`);
  const isBodiless = body.length === 0 && (method === "GET" || method === "HEAD");
  return {
    method,
    target: "",
    headerLines: [
      "host: gateway.test",
      ...recorded,
      "user-agent: conformance/1.0 (replay)",
      "authorization: Bearer test-credential",
      `x-replay-id: ${exchange.id}`,
      ...(options.lines ?? []),
    ],
    ...(isBodiless ? {} : { body }),
  };
}

function answerDifferences(direct: RawResponse, through: RawResponse, method: string): string[] {
  const differences: string[] = [];
  if (direct.status !== through.status) {
    return [`status ${through.status} instead of ${direct.status}: ${through.body.toString("utf8", 0, 300)}`];
  }
  if (direct.ending !== through.ending) differences.push(`ended ${through.ending} instead of ${direct.ending}`);
  if (!direct.body.equals(through.body))
    differences.push(`body differs: ${firstDifference(direct.body, through.body)}`);
  // What a GET would have been framed with may be left out of the answer to HEAD (RFC 9112 §6.1).
  const isHead = method === "HEAD";
  const expected = comparableLines(direct.headerLines).filter(
    (line) => !(isHead && line.startsWith("transfer-encoding")),
  );
  const got = comparableLines(through.headerLines).filter((line) => !line.startsWith("cf-aig-"));
  if (expected.join("\n") !== got.join("\n")) {
    differences.push(`answer fields ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
  }
  return differences;
}

/** Reference §2.2: on every answer of the gateway. */
function gatewayFieldDifferences(through: RawResponse): string[] {
  const differences: string[] = [];
  for (const name of ["cf-aig-log-id", "cf-aig-event-id", "cf-aig-request-id"]) {
    if (!uuid.test(through.header(name) ?? "")) differences.push(`${name} is ${through.header(name)}`);
  }
  if (through.header("cf-aig-step") !== "0") differences.push(`cf-aig-step is ${through.header("cf-aig-step")}`);
  if (!/^[0-9a-f]{32}$/.test(through.header("cf-aig-trace-id") ?? "")) differences.push("cf-aig-trace-id is missing");
  return differences;
}

function requestDifferences(sent: RawRequest, received: ReceivedRequest | undefined, upstreamPort: number): string[] {
  if (received === undefined) return ["nothing arrived at the upstream"];
  const differences: string[] = [];
  if (received.method !== sent.method) differences.push(`arrived as ${received.method}`);
  if (received.target !== sent.target) differences.push(`arrived at ${received.target} instead of ${sent.target}`);
  if (received.header("host") !== `127.0.0.1:${upstreamPort}`)
    differences.push(`arrived for host ${received.header("host")}`);
  const body = Buffer.from(sent.body ?? []);
  if (received.bodySizeBytes !== body.length || !received.body().equals(body)) differences.push("request body differs");
  const length = sent.body === undefined ? [] : [`content-length: ${body.length}`];
  const expected = comparableLines([...sent.headerLines, ...length]).filter((line) => !line.startsWith("host:"));
  const got = comparableLines(received.headerLines).filter((line) => !line.startsWith("host:"));
  if (expected.toSorted().join("\n") !== got.toSorted().join("\n")) {
    differences.push(`request fields ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
  }
  return differences;
}

function recordDifferences(
  record: ExchangeRecord | undefined,
  wire: { readonly request: RawRequest; readonly response: RawResponse; readonly slug: string },
): string[] {
  if (record === undefined) return ["no record"];
  const expected = {
    provider: wire.slug,
    method: wire.request.method,
    statusCode: wire.response.status,
    requestSizeBytes: wire.request.body?.length ?? 0,
    responseSizeBytes: wire.response.body.length,
    userAgent: "conformance/1.0 (replay)",
    responseContentType: wire.response.header("content-type") ?? null,
    eventId: wire.response.header("cf-aig-event-id"),
    requestId: wire.response.header("cf-aig-request-id"),
    traceId: wire.response.header("cf-aig-trace-id"),
    attempt: 1,
    step: 0,
  } as const;
  return Object.entries(expected).flatMap(([name, value]) => {
    const got = record[name as keyof ExchangeRecord];
    return got === value ? [] : [`record's ${name} is ${String(got)} instead of ${String(value)}`];
  });
}

/** Lines with lower-case names, without those of one hop. */
export function comparableLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [name, value] = splitHeaderLine(line);
    const lower = name.toLowerCase();
    return hopByHop.has(lower) ? [] : [`${lower}: ${value}`];
  });
}

function firstDifference(expected: Buffer, got: Buffer): string {
  const size = Math.min(expected.length, got.length);
  let offset = 0;
  while (offset < size && expected[offset] === got[offset]) offset += 1;
  const around = (bytes: Buffer): string =>
    JSON.stringify(bytes.toString("utf8", Math.max(0, offset - 20), offset + 40));
  return `${got.length} instead of ${expected.length} bytes, first at ${offset}: ${around(got)} instead of ${around(expected)}`;
}
