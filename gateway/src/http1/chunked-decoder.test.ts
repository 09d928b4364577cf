import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Decodes `pieces` one after the other. */
function decode(pieces: readonly Buffer[]): { body: string; rest: string; isDone: boolean } {
  const decoder = new ChunkedDecoder();
  const body: Buffer[] = [];
  const rest: Buffer[] = [];
  for (const piece of pieces) rest.push(piece.subarray(decoder.decode(piece, (data) => body.push(Buffer.from(data)))));
  return {
    body: Buffer.concat(body).toString("latin1"),
    rest: Buffer.concat(rest).toString("latin1"),
    isDone: decoder.isDone,
  };
}

function splitAt(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const borders = [0, ...offsets.map((offset) => offset % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

const chunk = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  isUpper: fc.boolean(),
  zeros: fc.nat(3),
  extension: fc.constantFrom("", ";a", ";a=b", ' ; name="quoted; text"'),
});
const encoded = fc.record({
  chunks: fc.array(chunk, { maxLength: 6 }),
  trailer: fc.constantFrom("", "x-sum: 1\r\n", "a: b\r\nc: d\r\n"),
});

function encode(message: {
  chunks: readonly { data: Uint8Array; isUpper: boolean; zeros: number; extension: string }[];
  trailer: string;
}): Buffer {
  const parts = message.chunks.flatMap(({ data, isUpper, zeros, extension }) => {
    const hex = data.length.toString(16);
    return [
      Buffer.from(`${"0".repeat(zeros)}${isUpper ? hex.toUpperCase() : hex}${extension}\r\n`),
      Buffer.from(data),
      Buffer.from("\r\n"),
    ];
  });
  return Buffer.concat([...parts, Buffer.from(`0\r\n${message.trailer}\r\n`)]);
}

describe("ChunkedDecoder", () => {
  test("gives the same bytes however the message is cut, and leaves the next message alone", () => {
    fc.assert(
      fc.property(encoded, fc.array(fc.nat(), { maxLength: 6 }), (message, offsets) => {
        const body = Buffer.concat(message.chunks.map(({ data }) => data)).toString("latin1");
        const bytes = Buffer.concat([encode(message), Buffer.from("GET / HTTP/1.1")]);
        expect(decode(splitAt(bytes, offsets))).toEqual({ body, rest: "GET / HTTP/1.1", isDone: true });
      }),
    );
  });

  test("cut at every offset", () => {
    const bytes = Buffer.from('5;a="b"\r\nhello\r\nB\r\n wide world\r\n0\r\nx: y\r\n\r\nNEXT');
    for (let offset = 0; offset <= bytes.length; offset += 1) {
      const pieces = [bytes.subarray(0, offset), bytes.subarray(offset)];
      expect(decode(pieces)).toEqual({ body: "hello wide world", rest: "NEXT", isDone: true });
    }
  });

  test("is not done before the last byte", () => {
    const bytes = Buffer.from("3\r\nabc\r\n0\r\n\r\n");
    for (let end = 0; end < bytes.length; end += 1) expect(decode([bytes.subarray(0, end)]).isDone).toBe(false);
  });

  test.each([
    ["no size", "\r\nabc"],
    ["not hexadecimal", "g\r\n"],
    ["hexadecimal prefix", "0x3\r\nabc\r\n"],
    ["sign", "+3\r\nabc\r\n"],
    ["minus", "-3\r\nabc\r\n"],
    ["blank before the size", " 3\r\nabc\r\n"],
    ["size beyond twelve digits", "1000000000000\r\n"],
    ["underscore", "1_0\r\n"],
    ["bare LF after the size", "3\nabc\r\n"],
    ["bare CR after the size", "3\rabc\r\n"],
    ["CR in the extension", "3;a\rb\r\nabc\r\n"],
    ["NUL in the extension", "3;a\0b\r\nabc\r\n"],
    ["extension without semicolon", "3 a\r\nabc\r\n"],
    ["longer than its size", "3\r\nabcd\r\n"],
    ["bare LF after the data", "3\r\nabc\n0\r\n\r\n"],
    ["size line without end", `3;${"a".repeat(2000)}`],
    ["bare LF in the trailer", "0\r\nx: y\n\r\n"],
    ["bare CR in the trailer", "0\r\nx: y\rz\r\n\r\n"],
    ["NUL in the trailer", "0\r\nx: \0\r\n\r\n"],
    ["endless trailer", `0\r\n${`x-a: ${"a".repeat(500)}\r\n`.repeat(40)}`],
  ])("refuses: %s", (_, text) => {
    const whole = Buffer.from(text, "latin1");
    const bytewise = [...whole].map((byte) => Buffer.from([byte]));
    expect(() => decode([whole])).toThrow(ProtocolError);
    expect(() => decode(bytewise)).toThrow(ProtocolError);
  });

  test("decodes or throws ProtocolError for any bytes", () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(13, 10, 48, 51, 59)), { maxLength: 80 });
    fc.assert(
      fc.property(bytes, (codes) => {
        try {
          decode([Buffer.from(codes)]);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
