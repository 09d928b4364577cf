import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { ConfigError } from "../config/config-error.ts";
import type { NamedFinding } from "../doctor/run-doctor.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import { integrityCommand } from "./own-command.ts";
import { printable } from "./printable.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const doctorArguments: ArgsDef = {
  offline: { type: "boolean", description: "Connect to no provider." },
  only: { type: "string", description: "Names of checks, divided by commas." },
  json: { type: "boolean", description: "Print one JSON object." },
};

/** `headgate doctor` */
export const doctorCommand: CommandDef = defineCommand({
  meta: { name: "doctor", description: "Check the installation and say what to do." },
  args: doctorArguments,
  async run({ args }) {
    rejectUnknownArguments(args, doctorArguments);
    const { checkNames } = await import("../doctor/run-doctor.ts");
    const names = args["only"] === undefined ? checkNames : String(args["only"]).split(",");
    const unknown = names.find((name) => !checkNames.includes(name));
    if (unknown !== undefined) throw new UsageError(`--only takes ${checkNames.join(", ")}; got ${unknown}`);
    const findings = await find(names, args["offline"] === true);
    const count = (level: string): number => findings.filter((finding) => finding.level === level).length;
    const status = count("problem") > 0 ? "problem" : count("warning") > 0 ? "warning" : "ok";
    console.log(args["json"] === true ? JSON.stringify({ status, findings }, null, 2) : findings.map(lines).join("\n"));
    if (status === "problem")
      throw new StartError(`problems: ${count("problem")}, warnings: ${count("warning")}`, exitStatus.problems);
  },
});

async function find(names: readonly string[], isOffline: boolean): Promise<readonly NamedFinding[]> {
  const [{ loadOwnConfig }, { runDoctor }] = await Promise.all([
    import("./load-own-config.ts"),
    import("../doctor/run-doctor.ts"),
  ]);
  try {
    const context = { ...loadOwnConfig(), isOffline, nowMs: Date.now(), integrityCommand: integrityCommand() };
    return await runDoctor(context, names);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = "Mend it; nothing else is checked before.";
    // The first line counts them.
    const [, ...problems] = error.message.split("\n");
    return problems.map((text) => ({ check: "config", level: "problem", text: text.trim(), remedy }));
  }
}

function lines({ check, level, text, remedy }: NamedFinding): string {
  const first = `${level.padEnd(8)} ${check.padEnd(12)} ${printable(text)}`;
  return remedy === null ? first : `${first}\n${" ".repeat(22)}→ ${printable(remedy)}`;
}
