import { type CommandDef, defineCommand } from "citty";
import { resolve } from "node:path";
import { createProcessLog } from "../supervisor/process-log.ts";
import { firstUsePanel } from "./first-use-panel.ts";
import { roleCommand, userCommand } from "./own-command.ts";
import type { Program } from "./run-headgate.ts";
import { rejectUnknownArguments } from "./usage-error.ts";
import { version } from "../core/version.ts";

/** `headgate serve` of a program. */
export function serveCommand({ loadStartProxy, dashboard, documentation }: Program): CommandDef {
  return defineCommand({
    meta: { name: "serve", description: "Serve until a signal stops it." },
    async run({ args }) {
      rejectUnknownArguments(args, {});
      const [{ loadOwnConfig }, { serve }, { defaultConfigFile }] = await Promise.all([
        import("./load-own-config.ts"),
        import("../supervisor/serve.ts"),
        import("../config/load-config.ts"),
      ]);
      const { config, secrets, sources } = loadOwnConfig();
      const { adminToken, masterKey, newMasterKey } = secrets;
      const configFile = resolve(sources.file ?? defaultConfigFile);
      const log = createProcessLog(config.workers === 0 ? "gateway" : "supervisor");
      const status = await serve({
        config,
        masterKey,
        newMasterKey,
        log,
        async startParts(settled) {
          if (settled.config.workers > 0) {
            const { serveProcesses } = await import("../supervisor/serve-processes.ts");
            return serveProcesses({ ...settled, adminToken, configFile, commandFor: roleCommand, log });
          }
          const { serveAlone } = await import("../supervisor/serve-alone.ts");
          const startProxy = await loadStartProxy();
          return serveAlone({ ...settled, adminToken, configFile, startProxy, dashboard, documentation, log });
        },
        onReady(settled, firstToken) {
          const isStyled = process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
          process.stdout.write(
            firstUsePanel(settled, { version, sources, command: userCommand(), isStyled, firstToken }),
          );
        },
      });
      // Connections kept for reuse would hold the process for their idle time.
      process.exit(status);
    },
  });
}
