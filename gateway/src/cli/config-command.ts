import { type CommandDef, defineCommand } from "citty";
import { apply, diff, exportCommand, history, rollback } from "./config-settings-commands.ts";
import { rejectUnknownArguments } from "./usage-error.ts";

const check = defineCommand({
  meta: { name: "check", description: "Check configuration file and environment; print problems or OK." },
  async run({ args }) {
    rejectUnknownArguments(args, {});
    const { loadOwnConfig } = await import("./load-own-config.ts");
    const { sources } = loadOwnConfig();
    console.log(`OK: ${[sources.file ?? "no configuration file", ...sources.environment].join(", ")}`);
  },
});

const schema = defineCommand({
  meta: { name: "schema", description: "Print the JSON Schema of the configuration file." },
  async run({ args }) {
    rejectUnknownArguments(args, {});
    const { buildJsonSchema } = await import("../config/json-schema.ts");
    console.log(JSON.stringify(buildJsonSchema(), null, 2));
  },
});

/** `headgate config`: the file by itself, and the settings of a running gateway as a whole. */
export const configCommand: CommandDef = defineCommand({
  meta: {
    name: "config",
    description: "Check the file; see, change and bring back the settings of a running gateway.",
  },
  subCommands: { check, schema, diff, apply, export: exportCommand, history, rollback },
});
