import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { analyticsIntervals } from "../time-buckets.ts";
import { analyticsDimensions } from "../../stores/ports/analytics-store.ts";
import { wireMeasures, wireName } from "./query-schema.ts";

const reference = readFileSync(join(import.meta.dir, "../../../../docs/reference/analytics-api.md"), "utf8");

/** Words between back-quotes in the first cells of the tables of a section; `_p90_` stands for its measure. */
function documented(section: string): string[] {
  const text = reference.split(`### ${section}\n`)[1]?.split(/\n##+ /)[0] ?? "";
  const cells = [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell]) => cell as string);
  return cells.flatMap((cell) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
    const [first = ""] = names;
    return names.map((name) => (name.startsWith("_p") ? first.replace("_p50_", name) : name));
  });
}

test("the reference names every measure and dimension, and no other", () => {
  expect(documented("Measures").toSorted()).toEqual(wireMeasures.toSorted());
  const dimensions = documented("Dimensions and filters");
  expect(dimensions.toSorted()).toEqual([...analyticsDimensions.map(wireName), "metadata.<key>"].toSorted());
});

test("the reference names every interval", () => {
  for (const interval of analyticsIntervals) expect(reference).toContain(`\`${interval}\``);
});
