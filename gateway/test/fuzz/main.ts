import { parseArgs } from "node:util";
import { startFuzzStand } from "./fuzz-stand.ts";
import { findText, runFuzz } from "./run-fuzz.ts";

// `node scripts/fuzz.mjs`: malformed input of every kind, and what came of it. Ends with 1 when something was found.
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "100000" },
    family: { type: "string", multiple: true },
  },
});
const stray: string[] = [];
process.on("unhandledRejection", (error) => stray.push(`unhandled: ${Bun.inspect(error)}`));
process.on("uncaughtException", (error) => stray.push(`uncaught: ${Bun.inspect(error)}`));

const startedAtMs = performance.now();
const stand = await startFuzzStand();
const report = await runFuzz(stand, {
  seed: Number(values.seed),
  from: Number(values.from),
  count: Number(values.count),
  ...(values.family === undefined ? {} : { families: values.family }),
  onProgress: (done) => process.stderr.write(`${done} tried\n`),
});
const more: string[] = [...stray, ...stand.logFaults()];
await stand.letGo().catch((error: unknown) => more.push(String(error)));
if (stand.strangerConnections() > 0) more.push(`${stand.strangerConnections()} connections to a stranger`);
await stand[Symbol.asyncDispose]();
for (const find of report.finds) console.log(findText(find));
for (const line of more) console.log(line);
console.log(JSON.stringify({ counts: report.counts, statuses: report.statuses }));
const seconds = Math.round((performance.now() - startedAtMs) / 1000);
console.log(`${values.count} cases of seed ${values.seed} in ${seconds} s: ${report.finds.length + more.length} finds`);
process.exit(report.finds.length + more.length === 0 ? 0 : 1);
