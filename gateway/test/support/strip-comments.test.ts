import { expect, test } from "bun:test";
import { stripComments } from "./strip-comments.ts";

const cases: [name: string, source: string, kept: string][] = [
  ["line comment", 'a(); // said\nb("x");', 'a(); \nb("x");'],
  ["block comment keeps its lines", "a();/* one\n * two */b();", "a();      \n         b();"],
  ["comment marks in strings", 'f("http://x", "*/*", \'// no\'); // yes', 'f("http://x", "*/*", \'// no\'); '],
  ["escaped quote", String.raw`f("a\"// no"); // yes`, String.raw`f("a\"// no"); `],
  [
    "template with an expression",
    "`// ${f({ a: `/* ${b} */` })} // no`; // yes",
    "`// ${f({ a: `/* ${b} */` })} // no`; ",
  ],
  ["regular expression", String.raw`const r = /["'/*[/"]\//g; // yes`, String.raw`const r = /["'/*[/"]\//g; `],
  ["regular expression after return", 'return /"/.test(x); // yes', 'return /"/.test(x); '],
  ["division", "a / b; // yes\nc / d;", "a / b; \nc / d;"],
  ["unfinished block comment", "a(); /* rest", "a();        "],
];

for (const [name, source, kept] of cases) {
  test(name, () => expect(stripComments(source)).toBe(kept));
}
