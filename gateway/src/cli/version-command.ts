import { type CommandDef, defineCommand } from "citty";
import packageDescription from "../../package.json" with { type: "json" };
import { rejectUnknownArguments } from "./usage-error.ts";

/** Version of this gateway. */
export const version: string = packageDescription.version;

/** `headgate version` */
export const versionCommand: CommandDef = defineCommand({
  meta: { name: "version", description: "Print the version." },
  run({ args }) {
    rejectUnknownArguments(args, {});
    console.log(version);
  },
});
