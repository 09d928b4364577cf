import { describe, expect, test } from "bun:test";
import { readMetadata } from "./read-metadata.ts";

const read = (value: string) => readMetadata(["cf-aig-metadata", Buffer.from(value).toString("latin1")]);

describe("readMetadata", () => {
  test("keeps texts, numbers and booleans", () => {
    expect(read('{"user":"zoë","age":7,"paid":true}')).toEqual({ user: "zoë", age: 7, paid: true });
  });

  test("keeps the first five entries", () => {
    expect(read('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}')).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5 });
  });

  test("drops reserved names without counting them", () => {
    expect(read('{"cf.user_id":"x","a":1,"b":2,"c":3,"d":4,"e":5}')).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5 });
  });

  test.each(['{"a":null}', '{"a":{"b":1}}', '{"a":[1]}', "[1]", "nonsense", '{"a":1', "", "{}"])(
    "counts %j as absent",
    (value) => {
      expect(read(value)).toBeNull();
    },
  );

  test("is null without the header", () => {
    expect(readMetadata([])).toBeNull();
  });
});
