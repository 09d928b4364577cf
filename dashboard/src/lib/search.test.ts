import { expect, test } from "bun:test";
import { pageIn, textIn, wordIn } from "./search.ts";

test("a URL that makes no sense gives the first page and no text", () => {
  expect(pageIn({ page: 3 })).toEqual({ page: 3 });
  for (const page of [1, 0, -1, 1.5, "3", null, 1e9]) expect(pageIn({ page })).toEqual({});
  expect(textIn({ q: "prod" }, "q")).toEqual({ q: "prod" });
  expect(textIn({ q: 12 }, "q")).toEqual({ q: "12" });
  for (const q of ["", null, ["a"], "x".repeat(300)]) expect(textIn({ q }, "q")).toEqual({});
});

test("only words that are known are taken", () => {
  expect(wordIn({ scope: "all" }, "scope", ["account", "all"])).toEqual({ scope: "all" });
  expect(wordIn({ scope: "any" }, "scope", ["account", "all"])).toEqual({});
});
