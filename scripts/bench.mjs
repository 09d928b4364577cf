import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run bench`: the benchmarks. Arguments after `--` go to them; with `records` as the first, those of ledger and log store run,
// with `semantic` those of the semantic cache, with `soak` mixed traffic with disturbances: `npm run bench -- soak --minutes 20`.
await runScript(async () => {
  const bunPath = await bootstrap();
  const [first, ...rest] = process.argv.slice(2);
  const others = { records: "bench/records.ts", semantic: "bench/semantic.ts", soak: "gateway/test/soak/main.ts" };
  const script = Object.hasOwn(others, first ?? "") ? others[first] : null;
  const given = script === null ? process.argv.slice(2) : rest;
  // What a run has started ends with it, even when it is killed.
  return await runBun(bunPath, ["--no-orphans", join(projectRoot, script ?? "bench/main.ts"), ...given]);
});
