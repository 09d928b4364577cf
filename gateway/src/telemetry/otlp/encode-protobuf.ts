import { exportRequest } from "./definitions.ts";
import { type AttributeValue, clientSpanKind, errorStatusCode, serviceName, type Span } from "./span.ts";

/** An `ExportTraceServiceRequest` in OTLP's binary form. */
export function encodeProtobuf(spans: readonly Span[]): Uint8Array {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: serviceName } }] };
  const scopeSpans = [{ scope: { name: serviceName }, spans: spans.map(messageSpan) }];
  return exportRequest.encode({ resourceSpans: [{ resource, scopeSpans }] }).finish();
}

function messageSpan(span: Span) {
  return {
    traceId: Buffer.from(span.traceId, "hex"),
    spanId: Buffer.from(span.spanId, "hex"),
    ...(span.parentSpanId === null ? {} : { parentSpanId: Buffer.from(span.parentSpanId, "hex") }),
    name: span.name,
    kind: clientSpanKind,
    startTimeUnixNano: halves(span.startNs),
    endTimeUnixNano: halves(span.endNs),
    attributes: [...span.attributes].map(([key, value]) => ({ key, value: messageValue(value) })),
    ...(span.error === null ? {} : { status: { code: errorStatusCode, message: span.error } }),
  };
}

function messageValue(value: AttributeValue) {
  if ("string" in value) return { stringValue: value.string };
  if ("bool" in value) return { boolValue: value.bool };
  if ("int" in value) return { intValue: halves(BigInt(value.int)) };
  return { doubleValue: value.double };
}

/** A 64-bit integer as the encoder takes it; a number would lose the low digits of nanoseconds. */
function halves(value: bigint) {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: value >= 0n,
  };
}
