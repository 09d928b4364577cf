import { expect, test } from "bun:test";
import { openJsonLinesScanner } from "./json-lines-scanner.ts";

function linesOf(pieces: readonly string[]): string[] {
  const lines: string[] = [];
  const scanner = openJsonLinesScanner((line) => lines.push(line.head.toString()), { maxBytes: 100, windowBytes: 10 });
  for (const piece of pieces) scanner.push(Buffer.from(piece));
  scanner.end();
  return lines;
}

test("lines are the same wherever the body is split", () => {
  const body = '{"a":1}\n{"b":"two"}\r\n\n{"c":3}';
  const expected = ['{"a":1}\n', '{"b":"two"}\r\n', "\n", '{"c":3}'];
  for (let cut = 0; cut <= body.length; cut += 1)
    expect(linesOf([body.slice(0, cut), body.slice(cut)])).toEqual(expected);
  expect(linesOf([...body])).toEqual(expected);
});

test("a line above the bound keeps its ends only", () => {
  expect(linesOf(["x".repeat(150), "\nok\n"])).toEqual(["x".repeat(10), "ok\n"]);
});
