import { statSync } from "node:fs";
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import type { BackupManifest } from "../backup/backup-manifest.ts";
import { snapshotCommand } from "./own-command.ts";
import { rejectUnknownArguments } from "./usage-error.ts";
import { version } from "../core/version.ts";

const backupArguments: ArgsDef = {
  target: { type: "positional", description: "File that ends in .tar, or directory, to be made.", required: true },
  "with-master-key": {
    type: "boolean",
    description: "Take master.key along: the backup then opens every secret in it.",
  },
};

/** `headgate backup` */
export const backupCommand: CommandDef = defineCommand({
  meta: { name: "backup", description: "Copy everything the gateway keeps, also while it serves." },
  args: backupArguments,
  async run({ args }) {
    rejectUnknownArguments(args, backupArguments);
    const [{ loadOwnConfig }, { takeBackup }] = await Promise.all([
      import("./load-own-config.ts"),
      import("../backup/take-backup.ts"),
    ]);
    const target = String(args["target"]);
    const manifest = await takeBackup({
      dataDirectory: loadOwnConfig().config.dataDirectory,
      target,
      withMasterKey: args["with-master-key"] === true,
      version,
      nowMs: Date.now(),
      snapshotCommand: snapshotCommand(),
    });
    console.log(`${target}: ${contents(manifest)}\n${aboutMasterKey(manifest, args["with-master-key"] === true)}`);
    if (!statSync(target).isDirectory())
      console.log("Try it now and then: headgate restore, with HEADGATE_DATA set to an empty directory.");
  },
});

function contents({ files, logRows, settingsVersion }: BackupManifest): string {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const segments = files.filter(({ name }) => name.startsWith("journal/")).length;
  return `${(bytes / 1e6).toFixed(1)} MB, ${logRows} logs, settings of version ${settingsVersion}, ${segments} journal segments`;
}

function aboutMasterKey({ masterKey: { fingerprint, isIncluded } }: BackupManifest, isWanted: boolean): string {
  if (isIncluded)
    return `The master key ${fingerprint} is inside: whoever has the backup has every stored secret. Keep it accordingly.`;
  const lines = [
    ...(isWanted ? ["There is no master.key to take along: the key is given in HEADGATE_MASTER_KEY."] : []),
    `The master key ${fingerprint} is not inside. Without it a restored gateway does not start, and stored provider keys, API tokens and sessions are lost;`,
    "logs, settings and prices are not. Keep the key apart from the backup.",
  ];
  return lines.join("\n");
}
