import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseRequestHead } from "./parse-request-head.ts";
import { ProtocolError } from "./protocol-error.ts";
import { serializeRequestHead } from "./serialize-head.ts";

const parse = (...lines: string[]) => parseRequestHead(lines.join("\r\n"));
const tokenCharacters = [..."!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ"];
const token = fc
  .array(fc.constantFrom(...tokenCharacters), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(""));
const framingNames = new Set(["host", "content-length", "transfer-encoding"]);
/** Any bytes that may stand in a field value. */
const value = fc
  .array(fc.oneof(fc.constant(9), fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), {
    maxLength: 30,
  })
  .map((codes) => String.fromCharCode(...codes).replace(/^[\t ]+|[\t ]+$/g, ""));
const fields = fc.array(
  fc.tuple(
    token.filter((name) => !framingNames.has(name.toLowerCase())),
    value,
  ),
  { maxLength: 8 },
);
const target = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength: 30 })
  .map((codes) => `/${String.fromCharCode(...codes)}`)
  .filter((text) => !text.startsWith("//"));

function faultOf(text: string): string {
  try {
    parseRequestHead(text);
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as ProtocolError).fault;
  }
}

describe("parseRequestHead", () => {
  test("reads what was serialized, names lower-cased", () => {
    fc.assert(
      fc.property(token, target, fields, (method, path, pairs) => {
        const headers = ["host", "a", ...pairs.flat()];
        const text = serializeRequestHead({ method, target: path, headers }).slice(0, -4);
        const head = parseRequestHead(text);
        expect(head.method).toBe(method);
        expect(head.target).toBe(path);
        expect(head.headers).toEqual(headers.map((part, index) => (index % 2 === 0 ? part.toLowerCase() : part)));
      }),
    );
  });

  test("answers or throws ProtocolError for any bytes, and lets no line break or NUL through", () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 58)), { maxLength: 120 });
    fc.assert(
      fc.property(bytes, fc.boolean(), (codes, isPrefixed) => {
        const text = (isPrefixed ? "GET / HTTP/1.1\r\nhost: a\r\n" : "") + String.fromCharCode(...codes);
        try {
          const { method, target: path, headers } = parseRequestHead(text);
          for (const part of [method, path, ...headers]) expect(part).not.toMatch(/[\r\n\0]/);
          for (let index = 0; index < headers.length; index += 2) expect(headers[index]).toMatch(/^[^A-Z\s:]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["bare LF for CRLF", "GET / HTTP/1.1\nhost: a"],
    ["bare LF in a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\nb: c"],
    ["bare LF at the start of a value", "GET / HTTP/1.1\r\nhost: a\r\nx:\ntransfer-encoding: chunked"],
    ["bare LF at the end of a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\n"],
    ["bare CR in a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\rb: c"],
    ["bare CR at the end of a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\r"],
    ["vertical tab before chunked", "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: \u000bchunked"],
    ["form feed after a length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\f"],
    ["no-break space before a length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: \u00a05"],
    ["NUL in a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\0b"],
    ["NUL in a name", "GET / HTTP/1.1\r\nhost: a\r\nx\0: a"],
    ["DEL in a value", "GET / HTTP/1.1\r\nhost: a\r\nx: a\u007f"],
    ["folded line by space", "GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b"],
    ["folded line by tab", "GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n\tb"],
    ["space before the colon", "GET / HTTP/1.1\r\nhost: a\r\ncontent-length : 5"],
    ["tab before the colon", "GET / HTTP/1.1\r\nhost: a\r\ncontent-length\t: 5"],
    ["no colon", "GET / HTTP/1.1\r\nhost: a\r\nnonsense"],
    ["no colon behind a usual name", "GET / HTTP/1.1\r\nhost: a\r\nConnection"],
    ["empty name", "GET / HTTP/1.1\r\nhost: a\r\n: a"],
    ["two hosts", "GET / HTTP/1.1\r\nhost: a\r\nhost: a"],
    ["no host", "GET / HTTP/1.1"],
    ["two spaces", "GET  / HTTP/1.1\r\nhost: a"],
    ["tab between the parts", "GET\t/\tHTTP/1.1\r\nhost: a"],
    ["trailing space", "GET / HTTP/1.1 \r\nhost: a"],
    ["leading space", " GET / HTTP/1.1\r\nhost: a"],
    ["HTTP/0.9", "GET /"],
    ["absolute form", "GET http://a/ HTTP/1.1\r\nhost: a"],
    ["authority form", "CONNECT a:443 HTTP/1.1\r\nhost: a"],
    ["asterisk form", "OPTIONS * HTTP/1.1\r\nhost: a"],
    ["two leading slashes", "GET //a/ HTTP/1.1\r\nhost: a"],
    ["a byte outside ASCII in the target", "GET /\u00e9 HTTP/1.1\r\nhost: a"],
    ["chunked in HTTP/1.0", "POST / HTTP/1.0\r\ntransfer-encoding: chunked"],
  ])("refuses: %s", (_, text) => {
    expect(faultOf(text)).toBe("malformed");
  });

  test.each(["HTTP/2.0", "HTTP/1.2", "HTTP/1.10", "http/1.1", "HTTP/1.1x", "HTTP/11"])("speaks no %s", (version) => {
    expect(faultOf(`GET / ${version}\r\nhost: a`)).toBe("unsupported_version");
  });

  test("trims spaces and tabs around a value and nothing else", () => {
    expect(parse("GET / HTTP/1.1", "Host:\t a \t", "X-Text: voil\u00c3\u00a0", "x-empty:").headers).toEqual([
      "host",
      "a",
      "x-text",
      "voil\u00c3\u00a0",
      "x-empty",
      "",
    ]);
  });

  test("keeps the connection unless told otherwise, never for HTTP/1.0", () => {
    expect(parse("GET / HTTP/1.1", "host: a").keepAlive).toBe(true);
    expect(parse("GET / HTTP/1.1", "host: a", "connection: Close").keepAlive).toBe(false);
    expect(parse("GET / HTTP/1.1", "host: a", "connection: te, close").keepAlive).toBe(false);
    expect(parse("GET / HTTP/1.1", "host: a", "connection: te", "connection: close").keepAlive).toBe(false);
    expect(parse("GET / HTTP/1.0", "connection: keep-alive")).toMatchObject({ keepAlive: false, isHttp10: true });
  });
});
