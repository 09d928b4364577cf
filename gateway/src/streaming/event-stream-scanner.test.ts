import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeEventStreamFrame } from "../../test/support/event-stream-encoder.ts";
import { parseEventStreamHeaders } from "./event-stream-headers.ts";
import { eventStreamPayload } from "./event-stream-payload.ts";
import { openEventStreamScanner } from "./event-stream-scanner.ts";

const messages = [
  { headers: { ":event-type": "chunk", ":message-type": "event" }, payload: '{"a":"é"}' },
  { headers: {}, payload: "" },
  { headers: { ":event-type": "x" }, payload: "y".repeat(900) },
];
const body = Buffer.concat(messages.map(({ headers, payload }) => encodeEventStreamFrame(headers, payload)));

function scan(pieces: readonly Buffer[], maxBytes = 4096) {
  const found: { headers: unknown; payload: string }[] = [];
  const scanner = openEventStreamScanner(({ headers, payload }) => {
    found.push({ headers: { ...headers }, payload: payload.toString() });
  }, maxBytes);
  for (const piece of pieces) scanner.push(piece);
  return { found, fault: scanner.fault, isInside: scanner.isInsideMessage, skipped: scanner.skippedMessages };
}

test("messages are the same wherever the body is split", () => {
  for (let cut = 0; cut <= body.length; cut += 1) {
    const { found, fault, isInside } = scan([body.subarray(0, cut), body.subarray(cut)]);
    expect({ found, fault, isInside }).toEqual({ found: messages, fault: null, isInside: false });
  }
  const bytes = Array.from(body, (_, index) => body.subarray(index, index + 1));
  expect(scan(bytes).found).toEqual(messages);
});

test("a body that ends inside a message shows it", () => {
  const borders = new Set<number>();
  let end = 0;
  for (const { headers, payload } of messages) borders.add((end += encodeEventStreamFrame(headers, payload).length));
  for (let length = 1; length <= body.length; length += 1) {
    expect(scan([body.subarray(0, length)]).isInside).toBe(!borders.has(length));
  }
});

test("a changed byte anywhere is found, and nothing is read from there on", () => {
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] as number) ^ change;
      const { found, fault } = scan([damaged]);
      expect(fault).toMatch(/^event-stream message [123]: /);
      expect(found).toEqual(messages.slice(0, found.length));
    }),
    { numRuns: 300 },
  );
});

test("any bytes are taken", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void scan([Buffer.from(bytes)])));
});

test("a message above the bound is passed over, the next is read", () => {
  const large = encodeEventStreamFrame({}, "z".repeat(10_000));
  const { found, skipped, fault } = scan([large.subarray(0, 5000), large.subarray(5000), body]);
  expect({ found, skipped, fault }).toEqual({ found: messages, skipped: 1, fault: null });
});

describe("headers", () => {
  test("types other than text are passed over", () => {
    const block = Buffer.from([1, 97, 0, 1, 98, 4, 0, 0, 0, 7, 1, 99, 6, 0, 2, 1, 2, 1, 100, 7, 0, 2, 104, 105]);
    expect(parseEventStreamHeaders(block)).toEqual({ d: "hi" });
  });

  test.each([[[5, 97]], [[1, 97, 42]], [[1, 97, 7, 0]], [[1, 97, 7, 0, 9, 1]]])("%j is malformed", (bytes) => {
    expect(parseEventStreamHeaders(Buffer.from(bytes))).toBeNull();
  });
});

test("a payload under `bytes` is unwrapped, any other left alone", () => {
  const wrapped = JSON.stringify({ bytes: Buffer.from('{"a":1}').toString("base64"), p: "abc" });
  expect(eventStreamPayload(Buffer.from(wrapped)).toString()).toBe('{"a":1}');
  for (const text of ['{"a":"\\"bytes\\""}', '{"bytes":3}', '"bytes"', '{"bytes":']) {
    expect(eventStreamPayload(Buffer.from(text)).toString()).toBe(text);
  }
});
