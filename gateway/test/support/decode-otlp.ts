/**
 * Reads OTLP's binary form without any library, by the wire format of Protocol Buffers and the field numbers of the
 * opentelemetry-proto repository, written down here a second time so that the gateway's own table is not its own proof.
 * What it gives has the shape of OTLP's JSON.
 */
export function decodeOtlp(bytes: Uint8Array): DecodedRequest {
  return { resourceSpans: messages(bytes, 1).map(resourceSpans) };
}

export interface DecodedRequest {
  readonly resourceSpans: ReturnType<typeof resourceSpans>[];
}

export type DecodedSpan = ReturnType<typeof span>;

function resourceSpans(bytes: Uint8Array) {
  const [resource] = messages(bytes, 1);
  return {
    resource: { attributes: messages(resource ?? new Uint8Array(), 1).map(keyValue) },
    scopeSpans: messages(bytes, 2).map((scopeSpans) => ({
      scope: { name: messages(scopeSpans, 1).map((scope) => text(scope, 1))[0] ?? "" },
      spans: messages(scopeSpans, 2).map(span),
    })),
  };
}

function span(bytes: Uint8Array) {
  const status = messages(bytes, 15)[0];
  return {
    traceId: hex(bytes, 1),
    spanId: hex(bytes, 2),
    parentSpanId: hex(bytes, 4),
    name: text(bytes, 5),
    kind: Number(varint(bytes, 6) ?? 0n),
    startTimeUnixNano: String(fixed64(bytes, 7)),
    endTimeUnixNano: String(fixed64(bytes, 8)),
    attributes: messages(bytes, 9).map(keyValue),
    status: status === undefined ? {} : { code: Number(varint(status, 3)), message: text(status, 2) },
  };
}

function keyValue(bytes: Uint8Array): { key: string; value: Record<string, unknown> } {
  return { key: text(bytes, 1), value: anyValue(messages(bytes, 2)[0] ?? new Uint8Array()) };
}

function anyValue(bytes: Uint8Array): Record<string, unknown> {
  const [field] = fields(bytes);
  if (field === undefined) throw new Error("an AnyValue without a value");
  if (field.number === 1) return { stringValue: new TextDecoder("utf-8", { fatal: true }).decode(field.bytes) };
  if (field.number === 2) return { boolValue: field.integer === 1n };
  if (field.number === 3) return { intValue: String(BigInt.asIntN(64, field.integer as bigint)) };
  if (field.number === 4) return { doubleValue: view(field.bytes).getFloat64(0, true) };
  throw new Error(`an AnyValue with field ${field.number}`);
}

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Of wire type 0. */
  readonly integer: bigint | null;
  /** Of wire types 1, 2 and 5. */
  readonly bytes: Uint8Array;
}

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let position = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[position];
      if (byte === undefined || shift > 63n) throw new Error("a varint that does not end");
      position += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (position < bytes.length) {
    const tag = Number(readVarint());
    const wireType = tag & 7;
    const integer = wireType === 0 ? readVarint() : null;
    const lengths: Record<number, number> = { 0: 0, 1: 8, 5: 4 };
    const length = wireType === 2 ? Number(readVarint()) : lengths[wireType];
    if (length === undefined || position + length > bytes.length) throw new Error(`a broken field ${tag >> 3}`);
    found.push({ number: tag >> 3, wireType, integer, bytes: bytes.subarray(position, position + length) });
    position += length;
  }
  return found;
}

function all(bytes: Uint8Array, number: number, wireType: number): Field[] {
  const found = fields(bytes).filter((field) => field.number === number);
  if (found.some((field) => field.wireType !== wireType)) throw new Error(`field ${number} has another wire type`);
  return found;
}

function messages(bytes: Uint8Array, number: number): Uint8Array[] {
  return all(bytes, number, 2).map((field) => field.bytes);
}

function text(bytes: Uint8Array, number: number): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(messages(bytes, number)[0] ?? new Uint8Array());
}

function hex(bytes: Uint8Array, number: number): string {
  return Buffer.from(messages(bytes, number)[0] ?? new Uint8Array()).toString("hex");
}

function varint(bytes: Uint8Array, number: number): bigint | undefined {
  return all(bytes, number, 0)[0]?.integer ?? undefined;
}

function fixed64(bytes: Uint8Array, number: number): bigint {
  const field = all(bytes, number, 1)[0];
  return field === undefined ? 0n : view(field.bytes).getBigUint64(0, true);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
