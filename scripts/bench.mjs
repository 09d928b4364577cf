import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run bench`: the benchmarks. Arguments after `--` go to them; with `records` as the first, those of ledger and log store run.
await runScript(async () => {
  const bunPath = await bootstrap();
  const [first, ...others] = process.argv.slice(2);
  const [script, given] = first === "records" ? ["bench/records.ts", others] : ["bench/main.ts", process.argv.slice(2)];
  // What a run has started ends with it, even when it is killed.
  return await runBun(bunPath, ["--no-orphans", join(projectRoot, script), ...given]);
});
