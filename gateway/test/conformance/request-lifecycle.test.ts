import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");
const page = await Bun.file(join(root, "docs/request-lifecycle.md")).text();
const serve = await Bun.file(join(root, "gateway/src/pipeline/serve.ts")).text();

/** Stages in the order in which `serve` calls them. */
const called = [...serve.matchAll(/(?:= |await )(\w+)\(/g)]
  .map((match) => match[1] as string)
  .filter((name) => name !== "openExchange" && name !== "relaySession");
const described = [...page.matchAll(/^## \d+\. `(\w+)`$/gm)].map((match) => match[1] as string);

test("the page describes exactly the stages that serve calls, in their order", () => {
  expect(called.length).toBeGreaterThanOrEqual(5);
  expect(described).toEqual(called);
});

test("the drawing names the same stages", () => {
  const drawn = [...page.matchAll(/\b\d+\. (\w+) ─/g)].map((match) => match[1] as string);
  expect(drawn).toEqual(called);
});

test("each stage is a function in a file of its own name, which its section links", () => {
  for (const name of called) {
    const file = `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
    expect(existsSync(join(root, "gateway/src/pipeline", file)), file).toBe(true);
    expect(page).toContain(`pipeline/${file})`);
  }
});
