import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run headgate -- <command>`: the command line, e.g. `npm run headgate -- tail`.
await runScript(async () => {
  const bunPath = await bootstrap({ forTests: false });
  return await runBun(bunPath, [join(projectRoot, "gateway/src/main.ts"), ...process.argv.slice(2)]);
});
