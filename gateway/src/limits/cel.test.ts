import { expect, test } from "bun:test";
import { compileCel } from "./cel.ts";

test.each([
  ['model.matches("(a+)+$")', 1],
  ["path == 'a' ||\n model.matches//\n(metadata.pattern)", 2],
  ['["a"].all(x,\n x.matches("(a+)+$"))', 2],
])("%p takes no time of anybody: it is refused, with its line", (text, line) => {
  expect(compileCel(text, "bool")).toMatchObject({
    message: expect.stringContaining("matches is not supported"),
    line,
  });
});

test("a text that only looks like it is none", () => {
  expect(compileCel('model == "x.matches(1)"', "bool")).toBeFunction();
});
