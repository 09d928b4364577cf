import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run bench`: the benchmarks. Arguments after `--` go to them.
await runScript(async () => {
  const bunPath = await bootstrap();
  // What a run has started ends with it, even when it is killed.
  return await runBun(bunPath, ["--no-orphans", join(projectRoot, "bench/main.ts"), ...process.argv.slice(2)]);
});
