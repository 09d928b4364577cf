import { expect, test } from "bun:test";
import { createReferenceReader } from "./reference-reader.ts";

test("a reference is looked up at most once in two seconds", async () => {
  let nowMs = 0;
  let count = 0;
  const read = createReferenceReader({ monotonicMs: () => nowMs }, (reference) =>
    Promise.resolve(`${reference} ${(count += 1)}`),
  );
  expect(await Promise.all([read("env:A"), read("env:A"), read("env:B")])).toEqual(["env:A 1", "env:A 1", "env:B 2"]);
  nowMs = 1999;
  expect(await read("env:A")).toBe("env:A 1");
  nowMs = 2000;
  expect(await read("env:A")).toBe("env:A 3");
});

test("what is kept is bounded", async () => {
  let count = 0;
  const read = createReferenceReader({ monotonicMs: () => 0 }, () => Promise.resolve(String((count += 1))));
  for (let index = 0; index <= 1000; index += 1) await read(`file:/${index}`);
  expect(await read("file:/1000")).toBe("1001");
  expect(await read("file:/0")).toBe("1002");
});
