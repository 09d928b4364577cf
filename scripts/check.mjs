import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runCheck, runFormat } from "./run-check.mjs";
import { runScript } from "./setup-error.mjs";

// `npm run check`, and with `--fix` `npm run format`.
await runScript(async () => {
  const bunPath = await bootstrap();
  const run = process.argv.includes("--fix") ? runFormat : runCheck;
  return (await run({ root: projectRoot, bunPath })) ? 0 : 1;
});
