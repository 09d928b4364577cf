import { describe, expect, test } from "bun:test";
import { requestFraming, responseFraming } from "./body-framing.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Field combinations, what they mean in a request, and in a response to GET with status 200. */
const matrix: readonly [string, readonly string[], string, string][] = [
  ["nothing", [], "none", "close"],
  ["length", ["content-length", "5"], "length 5", "length 5"],
  ["length zero", ["content-length", "0"], "none", "none"],
  ["length with zeros before it", ["content-length", "0005"], "length 5", "length 5"],
  ["largest length", ["content-length", "999999999999999"], "length 999999999999999", "length 999999999999999"],
  ["length too large for a number", ["content-length", "1".repeat(16)], "malformed", "malformed"],
  ["two lengths", ["content-length", "5", "content-length", "6"], "malformed", "malformed"],
  ["the same length twice", ["content-length", "5", "content-length", "5"], "malformed", "malformed"],
  ["a list of lengths", ["content-length", "5, 5"], "malformed", "malformed"],
  ["negative length", ["content-length", "-5"], "malformed", "malformed"],
  ["signed length", ["content-length", "+5"], "malformed", "malformed"],
  ["hexadecimal length", ["content-length", "0x5"], "malformed", "malformed"],
  ["fractional length", ["content-length", "5.0"], "malformed", "malformed"],
  ["empty length", ["content-length", ""], "malformed", "malformed"],
  ["chunked", ["transfer-encoding", "chunked"], "chunked", "chunked"],
  ["chunked in capitals", ["transfer-encoding", "Chunked"], "chunked", "chunked"],
  ["chunked twice", ["transfer-encoding", "chunked", "transfer-encoding", "chunked"], "coding", "coding"],
  ["chunked, identity", ["transfer-encoding", "chunked, identity"], "coding", "coding"],
  ["gzip, chunked", ["transfer-encoding", "gzip, chunked"], "coding", "coding"],
  ["xchunked", ["transfer-encoding", "xchunked"], "coding", "coding"],
  ["identity", ["transfer-encoding", "identity"], "coding", "coding"],
  ["empty coding", ["transfer-encoding", ""], "coding", "coding"],
  ["chunked with length", ["transfer-encoding", "chunked", "content-length", "5"], "malformed", "malformed"],
  ["length with chunked", ["content-length", "5", "transfer-encoding", "chunked"], "malformed", "malformed"],
  ["xchunked with length", ["content-length", "5", "transfer-encoding", "xchunked"], "malformed", "malformed"],
];

function read(frame: () => ReturnType<typeof requestFraming>): string {
  try {
    const framing = frame();
    return framing.kind === "length" ? `length ${framing.sizeBytes}` : framing.kind;
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    const { fault } = error as ProtocolError;
    return fault === "unsupported_transfer_coding" ? "coding" : fault;
  }
}

describe("framing", () => {
  test.each(matrix)("%s", (...[, headers, inRequest, inResponse]) => {
    expect(read(() => requestFraming(headers))).toBe(inRequest);
    expect(read(() => responseFraming("GET", 200, headers))).toBe(inResponse);
  });

  test.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
    ["GET", 100],
    ["POST", 103],
  ])("%s answered %d has no body, whatever its fields", (method, status) => {
    for (const [, headers] of matrix) expect(responseFraming(method, status, headers)).toEqual({ kind: "none" });
  });
});
