import { runHeadgate } from "../../src/cli/run-headgate.ts";

// A gateway whose workers may not listen, as with a port below 1024 and no right to it.
await runHeadgate({
  loadStartProxy: () =>
    Promise.resolve(() => {
      throw Object.assign(new Error("Failed to listen"), { code: "EACCES" });
    }),
  dashboard: new Map(),
  documentation: new Map(),
});
