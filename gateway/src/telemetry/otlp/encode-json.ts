import { type AttributeValue, clientSpanKind, errorStatusCode, serviceName, type Span } from "./span.ts";

/** An `ExportTraceServiceRequest` in OTLP's JSON: ids in hexadecimal, 64-bit integers as strings (OTLP 1.x, "JSON Protobuf Encoding"). */
export function encodeJson(spans: readonly Span[]): Buffer {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: serviceName } }] };
  const scopeSpans = [{ scope: { name: serviceName }, spans: spans.map(jsonSpan) }];
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }));
}

function jsonSpan(span: Span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    name: span.name,
    kind: clientSpanKind,
    startTimeUnixNano: String(span.startNs),
    endTimeUnixNano: String(span.endNs),
    attributes: [...span.attributes].map(([key, value]) => ({ key, value: jsonValue(value) })),
    status: span.error === null ? {} : { code: errorStatusCode, message: span.error },
  };
}

function jsonValue(value: AttributeValue) {
  if ("string" in value) return { stringValue: value.string };
  if ("bool" in value) return { boolValue: value.bool };
  if ("int" in value) return { intValue: String(value.int) };
  return { doubleValue: value.double };
}
