import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import type { Restored } from "../backup/restore-backup.ts";
import { rejectUnknownArguments } from "./usage-error.ts";

const restoreArguments: ArgsDef = {
  source: { type: "positional", description: "What headgate backup made.", required: true },
  force: { type: "boolean", description: "Move data that is there aside." },
};

/** `headgate restore` */
export const restoreCommand: CommandDef = defineCommand({
  meta: { name: "restore", description: "Put a backup in place; the gateway has to be stopped." },
  args: restoreArguments,
  async run({ args }) {
    rejectUnknownArguments(args, restoreArguments);
    const [{ loadOwnConfig }, { restoreBackup }] = await Promise.all([
      import("./load-own-config.ts"),
      import("../backup/restore-backup.ts"),
    ]);
    const { config, secrets } = loadOwnConfig();
    const { dataDirectory } = config;
    const restored = restoreBackup({
      source: String(args["source"]),
      dataDirectory,
      force: args["force"] === true,
      environmentKey: secrets.masterKey,
      nowMs: Date.now(),
    });
    console.log(restoredText(restored, dataDirectory));
  },
});

function restoredText({ manifest, aside, keyFrom }: Restored, dataDirectory: string): string {
  const { createdAtMs, headgate, logRows, settingsVersion, masterKey } = manifest;
  const lines = [
    `${dataDirectory} is what it was at ${new Date(createdAtMs).toISOString()} (Headgate ${headgate}): ${logRows} logs, settings of version ${settingsVersion}.`,
    ...(aside === null ? [] : [`What was there before is in ${aside}; remove it when all is well.`]),
    keyFrom === null
      ? `The master key is not there. Before the start put the one with the fingerprint ${masterKey.fingerprint} into ${dataDirectory}/master.key (mode 0600), or into HEADGATE_MASTER_KEY.`
      : `The master key ${masterKey.fingerprint} is there, from the ${keyFrom}.`,
  ];
  return lines.join("\n");
}
