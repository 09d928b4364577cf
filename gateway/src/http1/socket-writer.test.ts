import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SCRATCH_BYTES, SocketWriter } from "./socket-writer.ts";

const scratch = Buffer.alloc(SCRATCH_BYTES);

/** A socket that takes what `takes` says of each write, at most all of it; afterwards everything. */
function sparingSocket(takes: readonly number[]) {
  const taken: Buffer[] = [];
  const waiting = [...takes];
  let writes = 0;
  return {
    get written(): string {
      return Buffer.concat(taken).toString();
    },
    get writeCount(): number {
      return writes;
    },
    write(piece: Buffer, offset = 0, length = piece.length): number {
      writes += 1;
      const count = Math.min(length, waiting.shift() ?? length);
      taken.push(Buffer.from(piece.subarray(offset, offset + count)));
      return count;
    },
  };
}

describe("SocketWriter", () => {
  test("sends every byte once and in order, whatever the socket takes at a time", () => {
    const pieces = fc.array(fc.string({ maxLength: 50 }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(60), { maxLength: 30 }), (texts, takes) => {
        const socket = sparingSocket(takes);
        const writer = new SocketWriter(socket as never, scratch);
        for (const [index, text] of texts.entries()) {
          const bytes = Buffer.from(text);
          writer.gather(index % 2 === 0 ? bytes : bytes.toString("latin1"));
          writer.flush();
        }
        for (let drains = 0; drains < 100 && !writer.drained(); drains += 1);
        expect(writer.pendingBytes).toBe(0);
        expect(socket.written).toBe(texts.join(""));
      }),
    );
  });

  test("sends small pieces in one write", () => {
    const socket = sparingSocket([]);
    const writer = new SocketWriter(socket as never, scratch);
    for (const text of ["head", "", "chunk", "end"]) writer.gather(Buffer.from(text));
    expect(writer.flush()).toBe(true);
    expect([socket.written, socket.writeCount]).toEqual(["headchunkend", 1]);
  });

  test("sends large pieces without copying them together", () => {
    const socket = sparingSocket([]);
    const writer = new SocketWriter(socket as never, scratch);
    writer.gather(Buffer.alloc(100_000, "a"));
    writer.gather(Buffer.alloc(100_000, "b"));
    expect(writer.flush()).toBe(true);
    expect(socket.written).toBe("a".repeat(100_000) + "b".repeat(100_000));
  });

  test("does not ask a full socket again before it drains", () => {
    const socket = sparingSocket([3, 0]);
    const writer = new SocketWriter(socket as never, scratch);
    writer.gather(Buffer.from("abcdef"));
    expect(writer.flush()).toBe(false);
    writer.gather(Buffer.from("ghi"));
    expect(writer.flush()).toBe(false);
    expect([socket.writeCount, writer.pendingBytes]).toEqual([1, 6]);
    expect(writer.drained()).toBe(false);
    expect(writer.drained()).toBe(true);
    expect([socket.written, writer.pendingBytes]).toEqual(["abcdefghi", 0]);
  });

  test("lets go of bytes for a closed socket", () => {
    const writer = new SocketWriter({ write: () => -1 } as never, scratch);
    writer.gather(Buffer.from("abc"));
    expect([writer.flush(), writer.pendingBytes]).toEqual([true, 0]);
  });
});
