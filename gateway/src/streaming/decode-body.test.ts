import { expect, test } from "bun:test";
import zlib from "node:zlib";
import fc from "fast-check";
import { contentCodings, decodeBody } from "./decode-body.ts";

const text = Buffer.from("some answer ".repeat(50));

test.each([
  ["gzip", zlib.gzipSync(text)],
  ["x-gzip", zlib.gzipSync(text)],
  ["deflate", zlib.deflateSync(text)],
  ["deflate", zlib.deflateRawSync(text)],
  ["br", zlib.brotliCompressSync(text)],
  ["zstd", zlib.zstdCompressSync(text)],
  ["identity", text],
  ["", text],
  ["gzip, br", zlib.brotliCompressSync(zlib.gzipSync(text))],
  ["GZIP , identity", zlib.gzipSync(text)],
])("%s", (header, bytes) => {
  expect(decodeBody(bytes, contentCodings([header]), 10_000)?.toString()).toBe(text.toString());
});

test("codings of several header lines are one list", () => {
  expect(contentCodings(["gzip", "br, zstd"])).toEqual(["gzip", "br", "zstd"]);
});

test("what cannot be decoded is null: unknown, wrong, cut, or too large", () => {
  expect(decodeBody(text, ["snappy"], 10_000)).toBeNull();
  expect(decodeBody(text, ["constructor"], 10_000)).toBeNull();
  expect(decodeBody(text, ["gzip"], 10_000)).toBeNull();
  expect(decodeBody(zlib.gzipSync(text).subarray(0, -9), ["gzip"], 10_000)).toBeNull();
  const bomb = Buffer.alloc(50_000_000);
  for (const [coding, bytes] of [
    ["gzip", zlib.gzipSync(bomb)],
    ["deflate", zlib.deflateSync(bomb)],
    ["zstd", zlib.zstdCompressSync(bomb)],
  ] as const) {
    expect(decodeBody(bytes, [coding], 1_000_000)).toBeNull();
  }
});

test("any bytes are taken", () => {
  const coding = fc.constantFrom("gzip", "deflate", "br", "zstd", "other");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.array(coding, { maxLength: 3 }), (bytes, codings) => {
      const decoded = decodeBody(Buffer.from(bytes), codings, 1000);
      expect(decoded === null || decoded.length <= 1000).toBe(true);
    }),
  );
});
