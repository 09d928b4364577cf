import { type CommandDef, defineCommand } from "citty";
import { version } from "../core/version.ts";
import { rejectUnknownArguments } from "./usage-error.ts";

/** `headgate version` */
export const versionCommand: CommandDef = defineCommand({
  meta: { name: "version", description: "Print the version." },
  run({ args }) {
    rejectUnknownArguments(args, {});
    console.log(version);
  },
});
