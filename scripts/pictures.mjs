import { join } from "node:path";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runBun } from "./run-bun.mjs";
import { runScript } from "./setup-error.mjs";

// `node scripts/pictures.mjs`: takes the pictures of the README anew, with the browser named by CHROMIUM.
await runScript(async () => {
  const bunPath = await bootstrap();
  return await runBun(bunPath, ["--no-orphans", join(projectRoot, "gateway/test/browser/take-pictures.ts")]);
});
