import { expect, test } from "bun:test";
import { csvCell, csvFormat } from "./csv-format.ts";

test("quotes what has to be quoted and keeps numbers", () => {
  expect([null, undefined, 0, -1.5, true, "", "a b", 'say "hi", you', "two\nlines"].map(csvCell)).toEqual([
    "",
    "",
    "0",
    "-1.5",
    "true",
    "",
    "a b",
    '"say ""hi"", you"',
    '"two\nlines"',
  ]);
  expect(csvCell({ user: "u1" })).toBe('"{""user"":""u1""}"');
});

test("nothing reaches a spreadsheet as a formula", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "\u0000=1", "\t1"]) {
    expect(csvCell(text).replace(/^"/, "")).toStartWith("'");
  }
  expect(csvCell('=HYPERLINK("http://x")')).toBe(`"'=HYPERLINK(""http://x"")"`);
});

test("has a header line and as many cells in every row", () => {
  const format = csvFormat(true);
  const names = format.head.trimEnd().split(",");
  expect(names).toContain("response_complete");
  expect(format.row({ id: "1", cost: 0.5 }).split(",")).toHaveLength(names.length);
  expect(format.progress({ rows: 5, of: 9, done: false })).toBe("# 5 of 9 rows\r\n");
});
