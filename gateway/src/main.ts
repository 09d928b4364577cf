#!/usr/bin/env bun
import { join } from "node:path";
import { runHeadgate } from "./cli/run-headgate.ts";

await runHeadgate({
  loadStartProxy: async () => (await import("./http/start-proxy.ts")).startProxy,
  // Where its build lies in a checkout; elsewhere there is none and a plain page is served.
  dashboard: join(import.meta.dir, "../../dashboard/dist"),
  documentation: join(import.meta.dir, "../../docs"),
});
