import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./bootstrap.mjs";
import { runScript, SetupError } from "./setup-error.mjs";
import { writeSbom } from "./write-sbom.mjs";

// `npm run sbom [-- --out PATH] [--timestamp 2026-11-22T12:00:00Z]`: the CycloneDX bill of materials of what is shipped, at
// dist/headgate.cdx.json unless told otherwise. Made of package-lock.json; without a timestamp the same lock gives the same bytes.
await runScript(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" }, timestamp: { type: "string" } } });
  const { timestamp = null } = values;
  if (timestamp !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(timestamp)) {
    throw new SetupError(`--timestamp: expected a time such as 2026-11-22T12:00:00Z, got ${timestamp}`);
  }
  const path = resolve(values.out ?? join(projectRoot, "dist/headgate.cdx.json"));
  const count = writeSbom(projectRoot, path, { timestamp });
  console.log(`${relative(process.cwd(), path) || path}  ${count} components`);
  return 0;
});
