import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { NO_CLOSE_CODE, writeClosePayload } from "./close-payload.ts";
import { opcode } from "./frame.ts";
import { MessageReader } from "./message-reader.ts";
import { WebSocketError } from "./websocket-error.ts";
import { writeFrame } from "./write-frame.ts";

/** What a reader told, or the close code it failed with. */
function readAll(pieces: readonly Buffer[], options: { isMasked?: boolean; maxMessageBytes?: number } = {}) {
  const told: unknown[] = [];
  const visitor = {
    message: (payload: Buffer, isText: boolean) =>
      void told.push([isText ? "text" : "binary", payload.toString("hex")]),
    ping: (payload: Buffer) => void told.push(["ping", payload.toString("hex")]),
    close: ({ code, reason }: { code: number; reason: string }) => void told.push(["close", code, reason]),
  };
  const reader = new MessageReader(options.isMasked ?? true, visitor, {
    maxMessageBytes: options.maxMessageBytes ?? 1_000_000,
  });
  try {
    for (const piece of pieces) reader.push(piece);
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    told.push(["fault", error.code]);
  }
  return told;
}

const client = (code: number, payload: Buffer | string, isFinal = true) =>
  writeFrame({ opcode: code, payload: Buffer.from(payload), isMasked: true, isFinal });

describe("a conversation cut anywhere", () => {
  const conversation = Buffer.concat([
    client(opcode.text, "grüße"),
    client(opcode.text, "be", false),
    client(opcode.ping, "are you there"),
    client(opcode.continuation, "gin"),
    client(opcode.binary, Buffer.alloc(300, 7)),
    client(opcode.binary, Buffer.alloc(70_000, 9)),
    client(opcode.text, ""),
    client(opcode.close, writeClosePayload({ code: 1000, reason: "done" })),
    client(opcode.text, "after the close"),
  ]);
  const told = [
    ["text", Buffer.from("grüße").toString("hex")],
    ["ping", Buffer.from("are you there").toString("hex")],
    ["text", Buffer.from("begin").toString("hex")],
    ["binary", Buffer.alloc(300, 7).toString("hex")],
    ["binary", Buffer.alloc(70_000, 9).toString("hex")],
    ["text", ""],
    ["close", 1000, "done"],
  ];

  test("at every offset of its frames' heads and small payloads", () => {
    for (let cut = 0; cut <= conversation.length; cut += cut > 500 && cut < conversation.length - 200 ? 997 : 1) {
      expect(readAll([conversation.subarray(0, cut), conversation.subarray(cut)])).toEqual(told);
    }
  });

  test("byte by byte", () => {
    expect(readAll([...conversation].map((byte) => Buffer.from([byte])))).toEqual(told);
  });
});

const messages = fc.array(
  fc.record({
    isText: fc.boolean(),
    text: fc.string({ unit: "grapheme", maxLength: 300 }),
    fragments: fc.integer({ min: 1, max: 5 }),
    hasPing: fc.boolean(),
  }),
  { maxLength: 6 },
);

test("random messages in random fragments and pieces come out as they went in", () => {
  fc.assert(
    fc.property(messages, fc.boolean(), fc.array(fc.integer({ min: 1, max: 40 })), (sent, isMasked, cuts) => {
      const wire: Buffer[] = [];
      const expected: unknown[] = [];
      for (const { isText, text, fragments, hasPing } of sent) {
        const payload = Buffer.from(text);
        const size = Math.ceil(payload.length / fragments) || 1;
        for (let part = 0; part < fragments; part += 1) {
          const code = part > 0 ? opcode.continuation : isText ? opcode.text : opcode.binary;
          const isFinal = part === fragments - 1;
          const end = isFinal ? payload.length : (part + 1) * size;
          wire.push(writeFrame({ opcode: code, payload: payload.subarray(part * size, end), isMasked, isFinal }));
          if (hasPing && !isFinal) {
            wire.push(writeFrame({ opcode: opcode.ping, payload: Buffer.from([part]), isMasked }));
            expected.push(["ping", Buffer.from([part]).toString("hex")]);
          }
        }
        expected.push([isText ? "text" : "binary", payload.toString("hex")]);
      }
      const whole = Buffer.concat(wire);
      const pieces: Buffer[] = [];
      for (let at = 0, turn = 0; at < whole.length; turn += 1) {
        const size = cuts[turn % (cuts.length || 1)] ?? whole.length;
        pieces.push(whole.subarray(at, at + size));
        at += size;
      }
      expect(readAll(pieces, { isMasked })).toEqual(expected);
    }),
  );
});

test("rubbish ends in a close code or is waited for, and never in another error", () => {
  const allowed = new Set([1002, 1007, 1009]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, isMasked) => {
      const told = readAll([Buffer.from(bytes)], { isMasked, maxMessageBytes: 200 }) as [string, number][];
      for (const [kind, code] of told) if (kind === "fault") expect(allowed).toContain(code);
    }),
    { numRuns: 3000 },
  );
});

test("a conversation with any one byte changed never ends in another error", () => {
  const frames = [
    client(opcode.text, "one", false),
    client(opcode.ping, "?"),
    client(opcode.continuation, "two"),
    client(opcode.close, Buffer.from([3, 232])),
  ];
  const whole = Buffer.concat(frames);
  for (let at = 0; at < whole.length; at += 1) {
    for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ bit;
      expect(() => readAll([changed])).not.toThrow();
    }
  }
});

describe("what breaks the protocol", () => {
  const raw = (...bytes: number[]) => Buffer.from(bytes);
  const mask = [0, 0, 0, 0];
  const cases: [string, Buffer[], number][] = [
    ["a frame without a mask", [writeFrame({ opcode: opcode.text, payload: Buffer.from("x"), isMasked: false })], 1002],
    ["a reserved bit", [raw(0xc1, 0x80, ...mask)], 1002],
    ["an unknown opcode", [raw(0x83, 0x80, ...mask)], 1002],
    ["an unknown control opcode", [raw(0x8b, 0x80, ...mask)], 1002],
    ["a fragmented ping", [raw(0x09, 0x80, ...mask)], 1002],
    ["a ping of 126 bytes", [client(opcode.ping, Buffer.alloc(126))], 1002],
    ["a continuation first", [client(opcode.continuation, "x")], 1002],
    ["a message inside another", [client(opcode.text, "x", false), client(opcode.text, "y")], 1002],
    ["a length of two bytes for 125", [raw(0x82, 0xfe, 0, 125, ...mask)], 1002],
    ["a length of eight bytes for 65535", [raw(0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...mask)], 1002],
    ["a length beyond counting", [raw(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...mask)], 1002],
    ["a close code of one byte", [client(opcode.close, raw(3))], 1002],
    ["close code 1005", [client(opcode.close, raw(3, 237))], 1002],
    ["close code 999", [client(opcode.close, raw(3, 231))], 1002],
    ["a reason that is not UTF-8", [client(opcode.close, raw(3, 232, 0xff))], 1007],
    ["text that is not UTF-8", [client(opcode.text, raw(0xc3, 0x28))], 1007],
    ["a character cut at a message's end", [client(opcode.text, raw(0xc3))], 1007],
  ];
  test.each(cases)("%s", (_name, pieces, code) => {
    expect(readAll(pieces).at(-1)).toEqual(["fault", code]);
  });

  test("a masked frame of a server", () => {
    expect(readAll([client(opcode.text, "x")], { isMasked: false })).toEqual([["fault", 1002]]);
  });

  test("a message over the bound is refused by its announced size, over all fragments", () => {
    expect(readAll([client(opcode.binary, Buffer.alloc(11))], { maxMessageBytes: 10 })).toEqual([["fault", 1009]]);
    const parts = [client(opcode.binary, Buffer.alloc(6), false), client(opcode.continuation, Buffer.alloc(5))];
    expect(readAll(parts, { maxMessageBytes: 10 })).toEqual([["fault", 1009]]);
    const head = raw(0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, ...mask);
    expect(readAll([head], { maxMessageBytes: 10 })).toEqual([["fault", 1009]]);
  });

  test("a character cut between two fragments is whole, and a close may have no code", () => {
    const parts = [client(opcode.text, raw(0xc3), false), client(opcode.continuation, raw(0xbc))];
    expect(readAll([...parts, client(opcode.close, "")])).toEqual([
      ["text", "c3bc"],
      ["close", NO_CLOSE_CODE, ""],
    ]);
  });
});

test("a close reason is cut at a character's border", () => {
  const payload = writeClosePayload({ code: 1011, reason: `${"a".repeat(122)}ü` });
  expect(payload.length).toBe(124);
  expect(writeClosePayload({ code: NO_CLOSE_CODE, reason: "" }).length).toBe(0);
});
