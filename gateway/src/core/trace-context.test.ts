import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { newId } from "./ids.ts";
import { parseTraceparent, readTraceContext, spanIdFrom } from "./trace-context.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const other = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

describe("parseTraceparent", () => {
  test("reads ids and the sampled flag", () => {
    const parsed = { traceId, parentSpanId: spanId };
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ ...parsed, sampled: true });
    expect(parseTraceparent(`00-${traceId}-${spanId}-00`)).toEqual({ ...parsed, sampled: false });
    expect(parseTraceparent(`00-${traceId}-${spanId}-fe`)).toEqual({ ...parsed, sampled: false });
  });

  test("bears later versions, with and without more behind", () => {
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01`)?.traceId).toBe(traceId);
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01-what-comes`)?.sampled).toBe(true);
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01what`)).toBeNull();
  });

  const bad: Record<string, string> = {
    empty: "",
    "version ff": `ff-${traceId}-${spanId}-01`,
    "more behind version 00": `00-${traceId}-${spanId}-01-x`,
    "upper case": `00-${traceId.toUpperCase()}-${spanId}-01`,
    "trace of zeros": `00-${"0".repeat(32)}-${spanId}-01`,
    "span of zeros": `00-${traceId}-${"0".repeat(16)}-01`,
    "short trace": `00-${traceId.slice(1)}-${spanId}-01`,
    "long span": `00-${traceId}-${spanId}0-01`,
    "no flags": `00-${traceId}-${spanId}`,
    "flags not hexadecimal": `00-${traceId}-${spanId}-0g`,
    "white space": ` 00-${traceId}-${spanId}-01`,
    "line end": `00-${traceId}-${spanId}-01\n`,
    "two of them": `00-${traceId}-${spanId}-01,00-${traceId}-${spanId}-01`,
  };
  for (const [name, value] of Object.entries(bad)) {
    test(`refuses ${name}`, () => expect(parseTraceparent(value)).toBeNull());
  }

  test("never throws, and what it takes is well-formed", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseTraceparent(text);
        if (parsed !== null) expect(parsed.traceId).toMatch(/^[\da-f]{32}$/);
      }),
    );
  });
});

describe("readTraceContext", () => {
  const w3c = ["traceparent", `00-${traceId}-${spanId}-01`];
  test("nothing said", () => expect(readTraceContext([])).toEqual({ traceId: null, parentSpanId: null }));
  test("traceparent", () => expect(readTraceContext(w3c)).toEqual({ traceId, parentSpanId: spanId }));
  test("the gateway's own headers, of any case", () => {
    const headers = ["cf-aig-otel-trace-id", other.toUpperCase(), "cf-aig-otel-parent-span-id", "00000000000000AB"];
    expect(readTraceContext(headers)).toEqual({ traceId: other, parentSpanId: "00000000000000ab" });
  });
  test("own headers win, and another trace's parent is none", () => {
    expect(readTraceContext([...w3c, "cf-aig-otel-trace-id", other])).toEqual({ traceId: other, parentSpanId: null });
    expect(readTraceContext([...w3c, "cf-aig-otel-trace-id", traceId])).toEqual({ traceId, parentSpanId: spanId });
    const parent = ["cf-aig-otel-parent-span-id", "00000000000000ab"];
    expect(readTraceContext([...w3c, ...parent])).toEqual({ traceId, parentSpanId: "00000000000000ab" });
    expect(readTraceContext(parent)).toEqual({ traceId: null, parentSpanId: null });
  });
  test("what is malformed counts as absent", () => {
    expect(readTraceContext([...w3c, "cf-aig-otel-trace-id", "short"])).toEqual({ traceId, parentSpanId: spanId });
    expect(readTraceContext([...w3c, ...w3c])).toEqual({ traceId: null, parentSpanId: null });
    expect(readTraceContext(["cf-aig-otel-trace-id", "0".repeat(32)]).traceId).toBeNull();
  });
});

test("span ids are 16 characters and differ", () => {
  const ids = Array.from({ length: 1000 }, () => spanIdFrom(newId()));
  expect(ids.every((id) => /^[\da-f]{16}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});
