import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `npm start`: the gateway, after installing what is missing. Arguments after `--` go to `headgate serve`.
await runScript(async () => {
  const bunPath = await bootstrap({ forTests: false });
  return await runBun(bunPath, [join(projectRoot, "gateway/src/main.ts"), "serve", ...process.argv.slice(2)]);
});
