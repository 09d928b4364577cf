/** A value of an attribute; `int` is written as a 64-bit integer, `double` as a double. */
export type AttributeValue =
  | { readonly string: string }
  | { readonly bool: boolean }
  | { readonly int: number }
  | { readonly double: number };

/** A finished span, before it takes one of the wire's two forms. */
export interface Span {
  /** 32 hexadecimal characters. */
  readonly traceId: string;
  /** 16 hexadecimal characters. */
  readonly spanId: string;
  /** 16 hexadecimal characters; null for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  /** Unix nanoseconds. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** In order, each name once. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}

/** Who sends the spans, as the product names itself (reference §13.1). */
export const serviceName = "ai-gateway";

/** `SPAN_KIND_CLIENT`: the gateway calls a provider. */
export const clientSpanKind = 3;

/** `STATUS_CODE_ERROR`. A span that did not fail leaves its status unset. */
export const errorStatusCode = 2;
