import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run bench`: the benchmarks. Arguments after `--` go to them.
await runScript(async () => {
  const bunPath = await bootstrap();
  return await runBun(bunPath, [join(projectRoot, "bench/main.ts"), ...process.argv.slice(2)]);
});
