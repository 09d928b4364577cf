import { expect, test } from "bun:test";
import { headersOfLines } from "./header-lines.ts";

test("lines of name and value, with colons in values and without values", () => {
  expect(headersOfLines("cf-aig-cache-ttl: 90\n\n x-url :  http://a:1 \nalone")).toEqual({
    "cf-aig-cache-ttl": "90",
    "x-url": "http://a:1",
    alone: "",
  });
  expect(headersOfLines("")).toEqual({});
});
