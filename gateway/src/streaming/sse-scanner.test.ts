import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CollectedBytes } from "./byte-collector.ts";
import { parseSseEvent } from "./parse-sse-event.ts";
import { openSseScanner } from "./sse-scanner.ts";

const limits = { maxBytes: 4096, windowBytes: 64 };

function scan(pieces: readonly Buffer[]): { events: CollectedBytes[]; atEventBorder: boolean } {
  const events: CollectedBytes[] = [];
  const scanner = openSseScanner((event) => events.push(event), limits);
  for (const piece of pieces) scanner.push(piece);
  const { atEventBorder } = scanner;
  scanner.end();
  return { events, atEventBorder };
}

function fieldsOf(text: string): unknown[] {
  return scan([Buffer.from(text)]).events.map((event) => parseSseEvent(event.head));
}

function splitAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

describe("framing", () => {
  test.each([
    ["LF", "event: a\ndata: 1\n\ndata: 2\n\n"],
    ["CRLF", "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n"],
    ["CR", "event: a\rdata: 1\r\rdata: 2\r\r"],
    ["mixed", "event: a\rdata: 1\n\r\ndata: 2\r\n\n"],
    ["no space after the colon", "event:a\ndata:1\n\ndata:2\n\n"],
    ["a byte order mark", "\uFEFFevent: a\ndata: 1\n\ndata: 2\n\n"],
    ["blank lines before and between", "\n\n\r\nevent: a\ndata: 1\n\n\n\n\ndata: 2\n\n\n"],
    ["no blank line at the end", "event: a\ndata: 1\n\ndata: 2"],
  ])("%s", (_name, text) => {
    expect(fieldsOf(text)).toEqual([
      { type: "a", data: "1" },
      { type: "", data: "2" },
    ]);
  });

  test("comments are events without fields, data lines are joined, unknown fields dropped", () => {
    expect(fieldsOf(": wait\n\nid: 7\nretry: 5\n\ndata: a\ndata\ndata:  b\nfoo: c\n\n")).toEqual([
      null,
      null,
      { type: "", data: "a\n\n b" },
    ]);
  });

  test("a chunk full of one kind of line end is read in linear time", () => {
    const many = Buffer.alloc(1_048_576, "a\r");
    expect(scan([many]).events.length).toBe(1);
  });
});

describe("properties", () => {
  const piece = fc.constantFrom("data: ", "event: x", ":", "é", "{}", "\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r");
  const stream = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join("")));

  test("events do not depend on where the body is split", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        const whole = scan([bytes]);
        const split = scan(splitAt(bytes, cuts));
        const texts = (events: readonly CollectedBytes[]) => events.map((event) => parseSseEvent(event.head));
        expect(texts(split.events)).toEqual(texts(whole.events));
        expect(split.atEventBorder).toBe(whole.atEventBorder);
      }),
      { numRuns: 500 },
    );
  });

  test("at a border, what follows is an event of its own and none before it changes", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const before = scan([bytes]);
        if (!before.atEventBorder) return;
        const after = scan([bytes, Buffer.from("data: last\n\n")]);
        expect(after.events.slice(0, -1)).toEqual(before.events);
        expect(after.events.at(-1)?.head.toString()).toBe("data: last\n\n");
      }),
      { numRuns: 500 },
    );
  });

  test("any bytes are taken, and every event's bytes come from the body in order", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
        const body = Buffer.from(bytes);
        let from = 0;
        for (const event of scan(splitAt(body, cuts)).events) {
          const at = body.indexOf(event.head, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + event.head.length;
        }
      }),
    );
  });
});

test("an event above the bound keeps its ends only, and the next one is whole", () => {
  const { events } = scan(splitAt(Buffer.from(`data: ${"x".repeat(10_000)}END\n\ndata: 2\n\n`), [900, 5000, 5001]));
  expect(events[0]?.isWhole).toBe(false);
  expect(events[0]?.head.toString()).toBe(`data: ${"x".repeat(58)}`);
  expect(events[0]?.tail.toString()).toEndWith("xEND\n\n");
  expect(events[1]?.head.toString()).toBe("data: 2\n\n");
});
