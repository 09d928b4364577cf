import { spawn } from "node:child_process";
import { bootstrap, projectRoot } from "./bootstrap.mjs";
import { runCheck } from "./run-check.mjs";
import { runScript } from "./setup-error.mjs";
import { failureTexts, testCounts } from "./test-summary.mjs";

const defaultTimeoutMs = 60_000;

/**
 * `npm test`: the check, then every test of the project. With arguments (`npm test -- gateway/src/core`, `-t name`)
 * only the tests they choose. What failed is printed again at the end, with its errors. The last line is always `N passed, N failed, N skipped`.
 */
await runScript(async () => {
  const bunPath = await bootstrap();
  const chosen = process.argv.slice(2);
  const checkPassed = chosen.length > 0 || (await runCheck({ root: projectRoot, bunPath }));
  const { exitCode, output } = await runTests(bunPath, chosen);
  const counts = testCounts(output);
  // Thousands of lines may stand between an error and the end of the output.
  for (const text of failureTexts(output)) process.stdout.write(`\n${text}\n`);
  if (counts === undefined) process.stdout.write("bun test ended without its summary\n");
  if (!checkPassed) process.stdout.write("npm run check failed; see the top of this output\n");
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 1, skipped: 0 };
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return exitCode === 0 && checkPassed && failed === 0 && passed > 0 ? 0 : 1;
});

async function runTests(bunPath, chosen) {
  // What tests leave running ends with them.
  const bunArguments = ["--no-orphans", "test", "--timeout", String(defaultTimeoutMs), ...chosen];
  const child = spawn(bunPath, bunArguments, {
    cwd: projectRoot,
    stdio: ["ignore", "inherit", "pipe"],
    env: { ...process.env, ...(process.stderr.isTTY ? { FORCE_COLOR: "1" } : {}) },
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  const pieces = [];
  child.stderr.on("data", (piece) => {
    pieces.push(piece);
    process.stderr.write(piece);
  });
  const exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  return { exitCode, output: Buffer.concat(pieces).toString() };
}
