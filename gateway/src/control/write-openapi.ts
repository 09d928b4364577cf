import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../config/load-config.ts";
import { loadKeys } from "../secrets/load-keys.ts";
import { startControl } from "./start-control.ts";

// Run after a change of a route: bun gateway/src/control/write-openapi.ts
const directory = mkdtempSync(join(tmpdir(), "headgate-openapi-"));
const socketPath = join(directory, "control.sock");
const control = await startControl({
  config: parseConfig(null, { HEADGATE_DATA: directory }, { providerSlugs: [] }).config,
  socketPath,
  dashboard: directory,
  documentation: directory,
  adminToken: null,
  startId: "start",
  configFile: null,
  keys: loadKeys({ dataDirectory: directory, environmentKey: null }),
  log: () => {},
});
try {
  const answer = await fetch("http://control/docs/openapi.json", { unix: socketPath });
  writeFileSync(new URL("../../../docs/reference/openapi.json", import.meta.url), await answer.text());
} finally {
  await control.stop(0);
  rmSync(directory, { recursive: true });
}
