import { expect, test } from "bun:test";
import { differenceOf } from "../gateway/src/cache/semantic/guards.ts";
import { readWording } from "../gateway/src/cache/semantic/read-wording.ts";
import { labelledSet } from "./semantic/labelled-set.ts";
import { measureSet } from "./semantic/measure.ts";
import { readSemanticRun, renderSemanticRun, type SemanticRun, withSemanticSection } from "./semantic-run.ts";

test("strict guards let no question of the labelled set through that only sounds alike, and most rewordings", async () => {
  const { worked, heldOut } = await labelledSet(7);
  let same = 0;
  let passed = 0;
  for (const { anchor, same: rewordings, other } of [...worked, ...heldOut]) {
    const wording = readWording(anchor);
    const passes = (text: string): boolean => differenceOf(wording, readWording(text), "strict") === null;
    expect(other.filter(passes)).toEqual([]);
    same += rewordings.length;
    passed += rewordings.filter(passes).length;
  }
  expect(passed / same).toBeGreaterThan(0.65);
});

test("the set is the same for a seed, and asks each question for one thing", async () => {
  const set = await labelledSet(3);
  expect(await labelledSet(3)).toEqual(set);
  expect(await labelledSet(4)).not.toEqual(set);
  for (const { anchor, same, other } of [...set.worked, ...set.heldOut]) {
    expect(same.length).toBeGreaterThan(0);
    expect(other.length).toBeGreaterThan(0);
    expect(new Set([anchor, ...same, ...other]).size).toBe(1 + same.length + other.length);
  }
});

/** A vector by what a text is about; the first letter tells. */
function vectorOf(text: string): Float32Array {
  return text.toLowerCase().startsWith("how") ? Float32Array.of(1, 0) : Float32Array.of(0, 1);
}
const families = [
  { anchor: "How do I boil an egg?", same: ["how can I boil an egg"], other: ["How do I fry an egg?"] },
  { anchor: "Is Pluto a planet?", same: ["how about Pluto, is it a planet"], other: ["Is Pluto a moon?"] },
];

test("hits, wrong answers and answers of other families are told apart", () => {
  const { rows, ...counts } = measureSet(families, vectorOf);
  expect(counts).toEqual({ families: 2, sameWords: 2, soundAlike: 2 });
  const of = (guards: string): object | undefined => rows.find((row) => row.guards === guards && row.threshold === 0.8);
  expect(of("none")).toMatchObject({ hits: 1, wrong: 2, astray: 1 });
  expect(of("strict")).toMatchObject({ hits: 1, wrong: 0, astray: 0 });
});

test("the report tells the run once, before the history", () => {
  expect(renderSemanticRun(readSemanticRun("/nowhere/SEMANTIC.json"))).toBe("");
  const set = measureSet(families, vectorOf);
  const run: SemanticRun = {
    conditions: { date: "2026-11-22T00:00Z", commit: "aaa", isClean: true, cpu: "sample" },
    seed: 1,
    encoder: { name: "packaged", msPerQuestion: 13, rssMb: 150 },
    worked: set,
    heldOut: set,
  };
  const before = "# Benchmark results\n\n## Goals\n\nnone\n\n## History\n\nlong\n";
  const once = withSemanticSection(before, run);
  expect(withSemanticSection(once, run)).toBe(once);
  expect(once).toContain("| 0.8 | 50.0 % | 100.0 % |");
  expect(once).toContain("served the answer of another family: 1 at most (none)");
  expect(once.indexOf("## Semantic cache")).toBeGreaterThan(once.indexOf("## Goals"));
  expect(once.indexOf("## History")).toBeGreaterThan(once.indexOf("## Semantic cache"));
});
