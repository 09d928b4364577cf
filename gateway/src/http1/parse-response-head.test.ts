import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseResponseHead } from "./parse-response-head.ts";
import { ProtocolError } from "./protocol-error.ts";
import { serializeResponseHead } from "./serialize-head.ts";

describe("parseResponseHead", () => {
  test("reads what was serialized", () => {
    const name = fc.constantFrom("x-one", "set-cookie", "content-type", "retry-after");
    const value = fc
      .array(fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), { maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.array(fc.tuple(name, value)), (status, pairs) => {
        const text = serializeResponseHead(status, pairs.flat()).slice(0, -4);
        const head = parseResponseHead(text, "POST");
        expect(head.status).toBe(status);
        expect(head.headers).toEqual(pairs.flat());
      }),
    );
  });

  test("answers or throws ProtocolError for any bytes", () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 58)), { maxLength: 100 });
    fc.assert(
      fc.property(bytes, fc.boolean(), (codes, isPrefixed) => {
        try {
          const head = parseResponseHead(
            (isPrefixed ? "HTTP/1.1 200 OK\r\n" : "") + String.fromCharCode(...codes),
            "GET",
          );
          for (const part of head.headers) expect(part).not.toMatch(/[\r\n\0]/);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each(["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 200 OK", "HTTP/1.1 299 \u00e9t\u00e9"])("takes %p", (line) => {
    expect(parseResponseHead(line, "GET").status).toBeGreaterThanOrEqual(200);
  });

  test.each([
    "HTTP/1.1 2000 OK",
    "HTTP/1.1  200 OK",
    "HTTP/1.1 20 OK",
    "HTTP/1.1 099 OK",
    "HTTP/2 200",
    "HTTP/1.1 200\tOK",
    "HTTP/1.1 200 O\0K",
    "ICY 200 OK",
    "",
  ])("refuses %p", (line) => {
    expect(() => parseResponseHead(line, "GET")).toThrow(ProtocolError);
  });

  test("a connection is kept after a body of known end only", () => {
    const kept = (...lines: string[]) => parseResponseHead(lines.join("\r\n"), "GET").keepAlive;
    expect(kept("HTTP/1.1 200 OK", "content-length: 5")).toBe(true);
    expect(kept("HTTP/1.1 200 OK", "content-length: 5", "connection: close")).toBe(false);
    expect(kept("HTTP/1.1 200 OK", "content-length: 5", "connection: x-hop", "connection: close")).toBe(false);
    expect(kept("HTTP/1.1 200 OK")).toBe(false);
    expect(kept("HTTP/1.0 200 OK", "content-length: 5")).toBe(false);
    expect(kept("HTTP/1.0 200 OK", "content-length: 5", "connection: keep-alive")).toBe(true);
  });
});
