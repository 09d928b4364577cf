import { expect, test } from "bun:test";
import fc from "fast-check";
import { attributesOf } from "../../../test/support/otlp-collector.ts";
import { decodeOtlp, type DecodedRequest } from "../../../test/support/decode-otlp.ts";
import { sampleEntry } from "../../../test/support/sample-entry.ts";
import { encodeJson } from "./encode-json.ts";
import { encodeProtobuf } from "./encode-protobuf.ts";
import type { AttributeValue, Span } from "./span.ts";
import { spanFromEntry } from "./span-from-entry.ts";

const hexadecimal = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString("hex"));
// A lone surrogate has no UTF-8, so the two forms cannot agree on it.
const text = fc.string({ unit: "grapheme" });
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((string) => ({ string })),
  fc.boolean().map((bool) => ({ bool })),
  fc.maxSafeInteger().map((int) => ({ int })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => ({ double: double === 0 ? 0 : double })),
);
const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const span: fc.Arbitrary<Span> = fc.record({
  traceId: hexadecimal(16),
  spanId: hexadecimal(8),
  parentSpanId: fc.option(hexadecimal(8)),
  name: text,
  startNs: nanoseconds,
  endNs: nanoseconds,
  attributes: fc.dictionary(text, value).map((entries) => new Map(Object.entries(entries))),
  error: fc.option(fc.string({ unit: "grapheme", minLength: 1 })),
});

test("both forms say the same, read by a decoder of its own", () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), (spans) => {
      const json = JSON.parse(encodeJson(spans).toString()) as DecodedRequest;
      expect(decodeOtlp(encodeProtobuf(spans))).toEqual(json);
    }),
    { numRuns: 200 },
  );
});

/** Prints what Python's official OTLP messages read on stdin, in the JSON form of Protocol Buffers. */
const officialReader = `
import sys
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from google.protobuf.json_format import MessageToJson
print(MessageToJson(ExportTraceServiceRequest.FromString(sys.stdin.buffer.read())))
`;

test("the official definitions read the binary form", () => {
  const python = process.env["OTLP_PYTHON"] ?? "python3";
  const probe = Bun.which(python) === null ? null : Bun.spawnSync([python, "-c", "import opentelemetry.proto"]);
  if (probe?.success !== true) {
    console.log(
      "official OTLP definitions not tested: no Python with opentelemetry-proto here (OTLP_PYTHON names one)",
    );
    return;
  }
  const entry = sampleEntry({ parentSpanId: "00f067aa0ba902b7", success: false, statusCode: 500 }, { request: "{}" });
  const sent = encodeProtobuf([spanFromEntry(entry)]);
  const read = Bun.spawnSync([python, "-c", officialReader], { stdin: sent, timeout: 20_000 });
  expect(read.stderr.toString()).toBe("");
  const ours = JSON.parse(encodeJson([spanFromEntry(entry)]).toString()) as DecodedRequest;
  const spans = ours.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans));
  const base64 = (id: string): string => Buffer.from(id, "hex").toString("base64");
  const [told] = spans as [(typeof spans)[number]];
  // Protocol Buffers' own JSON writes bytes in base64 and enumerations by name; OTLP's does not.
  const expected = {
    ...told,
    traceId: base64(told.traceId),
    spanId: base64(told.spanId),
    parentSpanId: base64(told.parentSpanId),
    kind: "SPAN_KIND_CLIENT",
    status: { code: "STATUS_CODE_ERROR", message: "500" },
  };
  const official = JSON.parse(read.stdout.toString()) as DecodedRequest;
  expect(official.resourceSpans[0]?.scopeSpans[0]?.spans[0]).toEqual(expected as never);
  expect(official.resourceSpans[0]?.resource).toEqual(ours.resourceSpans[0]!.resource);
});

test("what failed is an error, what the client left is none", () => {
  const errorOf = (changes: Parameters<typeof sampleEntry>[0]) => spanFromEntry(sampleEntry(changes)).error;
  const failed = { success: false } as const;
  expect(errorOf({})).toBeNull();
  expect(errorOf({ ...failed, statusCode: 429 })).toBe("429");
  expect(errorOf({ ...failed, outcome: "upstream_failed", cause: "connection_refused" })).toBe("connection_refused");
  expect(errorOf({ ...failed, outcome: "truncated" })).toBe("truncated");
  expect(errorOf({ ...failed, outcome: "client_aborted", statusCode: 499 })).toBeNull();
  const refused = sampleEntry({
    ...failed,
    provider: "",
    model: null,
    outcome: "refused",
    errorCode: 2003,
    usage: null,
  });
  const json = JSON.parse(encodeJson([spanFromEntry(refused)]).toString()) as DecodedRequest;
  const attributes = attributesOf(json.resourceSpans[0]!.scopeSpans[0]!.spans[0]!);
  expect(attributes).toMatchObject({ "headgate.error_code": "2003", "error.type": "refused" });
  for (const name of [
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.prompt_json",
  ])
    expect(attributes).not.toHaveProperty([name]);
});
