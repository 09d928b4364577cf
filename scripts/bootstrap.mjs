import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDashboard } from "../dashboard/build.mjs";
import { ensureInstalled } from "./install.mjs";
import { SetupError } from "./setup-error.mjs";

/** The project's folder, absolute. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

const oldestNode = 20;

/**
 * Brings a checkout to where it can run: installs what is missing, builds what is stale, finds Bun.
 * Needs nothing but Node and npm; says on standard error what it does, and nothing when there is nothing to do.
 *
 * @param {{ forTests?: boolean }} [options] `forTests` (default true) brings what checks and tests need, too
 * @returns {Promise<string>} absolute path of the Bun binary
 * @throws {SetupError} when something stands in the way that the user has to mend
 */
export async function bootstrap({ forTests = true } = {}) {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new SetupError(`Node ${oldestNode} or newer is needed; this is Node ${process.versions.node}.`);
  }
  const bunPath = await ensureInstalled({ root: projectRoot, say, forTests });
  if (await buildDashboard(join(projectRoot, "dashboard"))) say("built the dashboard");
  return bunPath;
}

function say(message) {
  process.stderr.write(`headgate: ${message}\n`);
}
