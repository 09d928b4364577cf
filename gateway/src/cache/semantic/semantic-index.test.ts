import { expect, test } from "bun:test";
import { openSemanticIndex, type SemanticIndexOptions } from "./semantic-index.ts";

const vector = (...numbers: number[]): Float32Array => Float32Array.from(numbers);
const question = (key: string, text: string, changes: object = {}) => ({
  partition: "p",
  key,
  variant: "json ",
  text,
  expiresAtMs: 1000,
  stamp: [1],
  vector: vector(1, 0),
  ...changes,
});
const open = (changes: Partial<SemanticIndexOptions> = {}) =>
  openSemanticIndex({ maxEntries: 3, level: "strict", isCurrent: () => true, ...changes });
const asked = { partition: "p", text: "how can I boil an egg", threshold: 0.8 };
const keysOf = (index: ReturnType<typeof open>, changes: object = {}, nowMs = 0) =>
  index.find({ ...asked, ...changes }, vector(1, 0), nowMs).matches.map(({ key }) => key);

test("finds what is near, says the same and is in the partition, nearest first", () => {
  const index = open({ maxEntries: 9 });
  index.add(question("far", "How do I boil an egg?", { vector: vector(0.6, 0.8) }));
  index.add(question("near", "How do I boil an egg?", { vector: vector(0.8, 0.6) }));
  index.add(question("nearest", "How do I boil an egg?"));
  index.add(question("other words", "How do I fry an egg?"));
  index.add(question("elsewhere", "How do I boil an egg?", { partition: "q" }));
  index.add(question("other encoder", "How do I boil an egg?", { vector: vector(1, 0, 0) }));
  expect(keysOf(index)).toEqual(["nearest", "near"]);
  expect(index.find(asked, vector(1, 0), 0).matches[1]?.similarity).toBeCloseTo(0.8);
  expect(index.find({ ...asked, text: "how to peel an egg" }, vector(1, 0), 0)).toEqual({
    matches: [],
    isRefused: true,
  });
  expect(index.find(asked, vector(-1, 0), 0)).toEqual({ matches: [], isRefused: false });
});

test("what is too old, purged or dropped is gone", () => {
  let isCurrent = true;
  const index = open({ isCurrent: ([name]) => name !== 2 || isCurrent });
  index.add(question("a", "How do I boil an egg?"));
  index.add(question("b", "How do I boil an egg?", { stamp: [2] }));
  index.add(question("c", "How do I boil an egg?", { expiresAtMs: 5 }));
  expect(keysOf(index, {}, 4)).toEqual(["a", "b", "c"]);
  expect(keysOf(index, {}, 5)).toEqual(["a", "b"]);
  isCurrent = false;
  expect(index.sweep(5)).toBe(1);
  expect(keysOf(index)).toEqual(["a"]);
  index.drop("a");
  expect(keysOf(index)).toEqual([]);
  expect(index.size).toBe(0);
});

test("is bounded in all and per partition, and an answer that is kept anew counts once", () => {
  const index = open();
  for (const key of ["a", "b", "c", "d"]) index.add(question(key, "How do I boil an egg?"));
  expect([...index.entries()].map(({ key }) => key)).toEqual(["b", "c", "d"]);
  index.add(question("b", "How do I boil an egg?"));
  expect(index.size).toBe(3);
  const wide = open({ maxEntries: 5000 });
  for (let count = 0; count < 1500; count += 1) wide.add(question(`k${count}`, `What is ${count}?`));
  expect(wide.size).toBe(1000);
});
