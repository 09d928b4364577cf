import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BodyDecoder } from "./body-decoder.ts";
import type { BodyFraming } from "./body-framing.ts";

function decode(framing: BodyFraming, pieces: readonly Buffer[]): { body: string; rest: string; isDone: boolean } {
  const decoder = new BodyDecoder(framing);
  const body: Buffer[] = [];
  const rest: Buffer[] = [];
  for (const piece of pieces) rest.push(piece.subarray(decoder.decode(piece, (data) => body.push(data))));
  const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString();
  return { body: text(body), rest: text(rest), isDone: decoder.isDone };
}

describe("BodyDecoder", () => {
  test("length: takes exactly that many bytes, cut anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (sizeBytes, pieceBytes) => {
        const bytes = Buffer.from(`${"b".repeat(sizeBytes)}NEXT`);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
        expect(decode({ kind: "length", sizeBytes }, pieces)).toEqual({
          body: "b".repeat(sizeBytes),
          rest: "NEXT",
          isDone: true,
        });
      }),
    );
  });

  test("length: is not done a byte before its end", () => {
    expect(decode({ kind: "length", sizeBytes: 5 }, [Buffer.from("abcd")]).isDone).toBe(false);
  });

  test("close: everything belongs to it and it is never done", () => {
    const pieces = [Buffer.from("ab"), Buffer.from("cd")];
    expect(decode({ kind: "close" }, pieces)).toEqual({ body: "abcd", rest: "", isDone: false });
  });

  test("none: done from the start, nothing belongs to it", () => {
    expect(decode({ kind: "none" }, [Buffer.from("ab")])).toEqual({ body: "", rest: "ab", isDone: true });
  });

  test("chunked: takes the coding off", () => {
    const bytes = Buffer.from("2\r\nab\r\n0\r\n\r\nNEXT");
    expect(decode({ kind: "chunked" }, [bytes])).toEqual({ body: "ab", rest: "NEXT", isDone: true });
  });
});
