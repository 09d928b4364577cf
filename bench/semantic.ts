import { join } from "node:path";
import { openThreadEncoder } from "../gateway/src/control/semantic/thread-encoder.ts";
import { runConditions } from "./machine.ts";
import { labelledSet } from "./semantic/labelled-set.ts";
import { measureSet } from "./semantic/measure.ts";
import { readSemanticRun, type SemanticRun, withSemanticSection } from "./semantic-run.ts";

// Measures what the semantic cache hits and how often it is wrong, by threshold and guards, and puts the table into the report:
//   npm run bench -- semantic [path of an encoder module]

const SEED = 1;
const path = join(import.meta.dir, "SEMANTIC.json");
const report = join(import.meta.dir, "RESULTS.md");
const modulePath = process.argv[2] ?? null;
const before = process.memoryUsage.rss();
const encoder = openThreadEncoder({ modulePath, maxMs: 60_000 });
const set = await labelledSet(SEED);
const texts = new Set(
  [...set.worked, ...set.heldOut].flatMap(({ anchor, same, other }) => [anchor, ...same, ...other]),
);
const vectors = new Map<string, Float32Array>();
await encoder.encode("A first text, with which the model is loaded.");
const rssMb = Math.round((process.memoryUsage.rss() - before) / 1e6);
const cpuBefore = process.cpuUsage();
for (const text of texts) vectors.set(text, await encoder.encode(text));
const { user, system } = process.cpuUsage(cpuBefore);
encoder.stop();

const vectorOf = (text: string): Float32Array => vectors.get(text) as Float32Array;
const run: SemanticRun = {
  conditions: runConditions(join(import.meta.dir, "..")),
  seed: SEED,
  encoder: { name: encoder.name, msPerQuestion: Math.round((user + system) / 100 / texts.size) / 10, rssMb },
  worked: measureSet(set.worked, vectorOf),
  heldOut: measureSet(set.heldOut, vectorOf),
};
console.log(withSemanticSection("", run));
// Only the packaged encoder's table is everybody's.
if (modulePath === null) {
  await Bun.write(path, `${JSON.stringify(run, null, 2)}\n`);
  const kept = readSemanticRun(path);
  if (kept !== null) await Bun.write(report, withSemanticSection(await Bun.file(report).text(), kept));
  console.log(`written: ${path} and ${report}`);
}
