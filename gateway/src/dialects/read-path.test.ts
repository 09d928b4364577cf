import { expect, test } from "bun:test";
import { readPath, readText } from "./read-path.ts";

const body = {
  a: { b: 1 },
  list: [
    { kind: "X", n: 2 },
    { kind: "Y", n: 3 },
    { kind: "X", n: 4 },
  ],
  empty: "",
};

test.each([
  ["", body],
  ["a.b", 1],
  ["a.c", undefined],
  ["a.b.c", undefined],
  ["list.n", undefined],
  ["list[kind=Y].n", 3],
  ["list[kind=X].n", 6],
  ["list[].n", 9],
  ["list[kind=Z].n", undefined],
  ["a[kind=X].n", undefined],
  ["__proto__.x", undefined],
])("%s leads to %j", (path, value) => {
  expect(readPath(body, path)).toEqual(value);
});

test("the first text that is not empty", () => {
  expect(readText({ empty: "", first: 1, second: "b" }, ["empty", "first", "second"])).toBe("b");
  expect(readText(null, ["a"])).toBeNull();
});
