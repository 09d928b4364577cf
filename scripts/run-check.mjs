import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checkedFolders = ["gateway", "dashboard", "bench", "scripts"];

/**
 * Runs formatter, linter, type checker and unused-code finder side by side and prints what each of them said.
 * All of them run on Bun, so the Node that npm runs on does not matter.
 *
 * @param {{ root: string, bunPath: string }} options
 * @returns {Promise<boolean>} whether all of them were content
 */
export async function runCheck({ root, bunPath }) {
  const folders = checkedFolders.filter((folder) => existsSync(join(root, folder)));
  const tools = [
    { name: "format", script: "oxfmt/bin/oxfmt", toolArguments: ["--check", ...folders] },
    { name: "lint", script: "oxlint/bin/oxlint", toolArguments: folders },
    { name: "types", script: "typescript/bin/tsc", toolArguments: ["-p", "tsconfig.json"] },
    { name: "dashboard types", script: "typescript/bin/tsc", toolArguments: ["-p", "dashboard/tsconfig.json"] },
    { name: "unused code", script: "knip/bin/knip.js", toolArguments: ["--no-progress"] },
  ];
  const results = await Promise.all(tools.map(async (tool) => report(await runTool({ root, bunPath, ...tool }))));
  return results.every((passed) => passed);
}

/**
 * Rewrites files as the formatter wants them and applies the linter's safe repairs.
 *
 * @param {{ root: string, bunPath: string }} options
 * @returns {Promise<boolean>} whether nothing is left that needs a hand
 */
export async function runFormat({ root, bunPath }) {
  const folders = checkedFolders.filter((folder) => existsSync(join(root, folder)));
  const lint = { name: "lint", script: "oxlint/bin/oxlint", toolArguments: ["--fix", ...folders] };
  const format = { name: "format", script: "oxfmt/bin/oxfmt", toolArguments: folders };
  const lintPassed = report(await runTool({ root, bunPath, ...lint }));
  const formatPassed = report(await runTool({ root, bunPath, ...format }));
  return lintPassed && formatPassed;
}

async function runTool({ root, bunPath, name, script, toolArguments }) {
  const startedAtMs = Date.now();
  const commandArguments = ["--bun", "--no-install", join(root, "node_modules", script), ...toolArguments];
  const folder = mkdtempSync(join(tmpdir(), "headgate-check-"));
  const outputPath = join(folder, "output");
  // Into a file: some of the tools end without waiting for a pipe to take all they said.
  const outputFile = openSync(outputPath, "w");
  try {
    const child = spawn(bunPath, commandArguments, { cwd: root, stdio: ["ignore", outputFile, outputFile] });
    const passed = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode) => resolve(exitCode === 0));
    });
    return { name, passed, durationMs: Date.now() - startedAtMs, output: readFileSync(outputPath, "utf8").trim() };
  } finally {
    closeSync(outputFile);
    rmSync(folder, { recursive: true });
  }
}

function report({ name, passed, durationMs, output }) {
  const verdict = passed ? "ok" : "FAILED";
  process.stdout.write(`check ${name}: ${verdict} (${(durationMs / 1000).toFixed(1)} s)\n`);
  if (output !== "") process.stdout.write(`${output.replaceAll(/^/gm, "  ")}\n`);
  return passed;
}
