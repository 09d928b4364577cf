import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `node scripts/fuzz.mjs [--seed 1] [--from 0] [--count 100000] [--family socket]`: malformed input of every kind.
await runScript(async () => {
  const bunPath = await bootstrap();
  return await runBun(bunPath, [
    "--no-orphans",
    join(projectRoot, "gateway/test/fuzz/main.ts"),
    ...process.argv.slice(2),
  ]);
});
