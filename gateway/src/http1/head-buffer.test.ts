import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HeadBuffer } from "./head-buffer.ts";
import { ProtocolError } from "./protocol-error.ts";

const head = "GET / HTTP/1.1\r\nhost: a\r\nx: \u00e9";
const message = Buffer.from(`${head}\r\n\r\nbody\r\n\r\nmore`, "latin1");

function collect(buffer: HeadBuffer, pieces: readonly Buffer[]): { text: string; rest: string } | null {
  for (const [index, piece] of pieces.entries()) {
    const found = buffer.push(piece);
    if (found === null) continue;
    const after = pieces.slice(index + 1);
    return { text: found.text, rest: Buffer.concat([found.rest, ...after]).toString("latin1") };
  }
  return null;
}

describe("HeadBuffer", () => {
  test("finds the head split at every offset", () => {
    for (let offset = 0; offset <= message.length; offset += 1) {
      const pieces = [message.subarray(0, offset), message.subarray(offset)].filter((piece) => piece.length > 0);
      expect(collect(new HeadBuffer(1000), pieces)).toEqual({ text: head, rest: "body\r\n\r\nmore" });
    }
  });

  test("finds the head byte by byte, and is not partial afterwards", () => {
    const buffer = new HeadBuffer(1000);
    const pieces = [...message].map((byte) => Buffer.from([byte]));
    expect(buffer.isPartial).toBe(false);
    expect(collect(buffer, pieces)).toEqual({ text: head, rest: "body\r\n\r\nmore" });
    expect(buffer.isPartial).toBe(false);
    expect(collect(buffer, [message])?.text).toBe(head);
  });

  test("does not depend on pieces staying as they are", () => {
    const buffer = new HeadBuffer(1000);
    const first = Buffer.from("GET / HT");
    buffer.push(first);
    first.fill(0);
    expect(buffer.push(Buffer.from("TP/1.1\r\n\r\n"))?.text).toBe("GET / HTTP/1.1");
  });

  test("holds to its limit exactly, however the head comes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 300 }), fc.integer({ min: 1, max: 50 }), (sizeBytes, pieceBytes) => {
        const bytes = Buffer.from(`${"a".repeat(sizeBytes - 4)}\r\n\r\n`);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
        expect(collect(new HeadBuffer(sizeBytes), pieces)?.text).toBe("a".repeat(sizeBytes - 4));
        expect(() => collect(new HeadBuffer(sizeBytes - 1), pieces)).toThrow(ProtocolError);
      }),
    );
  });

  test("takes a body of any size in the same piece", () => {
    const bytes = Buffer.concat([Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(100_000)]);
    expect(new HeadBuffer(64).push(bytes)?.rest.length).toBe(100_000);
  });

  test("stops collecting as soon as the limit is passed", () => {
    const buffer = new HeadBuffer(100);
    buffer.push(Buffer.alloc(100, "a"));
    expect(() => buffer.push(Buffer.from("a"))).toThrow("over 100 bytes");
  });
});
