import { stripVTControlCharacters } from "node:util";
import { type CommandDef, renderUsage, runCommand } from "citty";
import { ConfigError } from "../config/config-error.ts";
import { MasterKeyError } from "../secrets/master-key-error.ts";
import { exitStatus, type ExitStatus, StartError } from "../supervisor/exit-status.ts";
import { backupCommand } from "./backup-command.ts";
import { commandHelp } from "./command-help.ts";
import { configCommand } from "./config-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { importCommand } from "./import-command.ts";
import { keysCommand } from "./keys-command.ts";
import { logsCommand } from "./logs-command.ts";
import { pricesCommand } from "./prices-command.ts";
import type { Program } from "./run-headgate.ts";
import { restoreCommand } from "./restore-command.ts";
import { serveCommand } from "./serve-command.ts";
import { tailCommand } from "./tail-command.ts";
import { tokensCommand } from "./tokens-command.ts";
import { UsageError } from "./usage-error.ts";
import { usersCommand } from "./users-command.ts";
import { version } from "../core/version.ts";
import { versionCommand } from "./version-command.ts";

/**
 * Runs `headgate` with its arguments and answers the exit status. Faults of the user and of the configuration are told on
 * stderr as plain lines, without a stack.
 */
export async function runCommandLine(rawArgs: string[], program: Program): Promise<ExitStatus> {
  const root = rootCommand(program);
  try {
    if (rawArgs.length === 1 && (rawArgs[0] === "--version" || rawArgs[0] === "-v")) console.log(version);
    else if (rawArgs.includes("--help") || rawArgs.includes("-h")) console.log(await helpFor(root, rawArgs));
    else await runCommand(root, { rawArgs });
    return exitStatus.ok;
  } catch (error) {
    return tell(error);
  }
}

function rootCommand(program: Program): CommandDef {
  return {
    meta: { name: "headgate", version, description: "A self-hosted AI gateway. Without a command it serves." },
    default: "serve",
    subCommands: {
      serve: serveCommand(program),
      tail: tailCommand,
      logs: logsCommand,
      prices: pricesCommand,
      config: configCommand,
      import: importCommand,
      keys: keysCommand,
      users: usersCommand,
      tokens: tokensCommand,
      doctor: doctorCommand,
      backup: backupCommand,
      restore: restoreCommand,
      version: versionCommand,
    },
  };
}

async function helpFor(root: CommandDef, rawArgs: readonly string[]): Promise<string> {
  let command = root;
  let path = "headgate";
  let parent: CommandDef | undefined;
  for (const word of rawArgs.filter((argument) => !argument.startsWith("-"))) {
    const subCommands = command.subCommands as Record<string, CommandDef> | undefined;
    if (subCommands === undefined || !Object.hasOwn(subCommands, word)) break;
    parent = { meta: { name: path, version } };
    command = subCommands[word] as CommandDef;
    path += ` ${word}`;
  }
  const usage = await renderUsage(command, parent);
  return `${process.stdout.isTTY ? usage : stripVTControlCharacters(usage)}\n${commandHelp(path)}`;
}

function tell(error: unknown): ExitStatus {
  if (error instanceof ConfigError) return say(error.message, exitStatus.configuration);
  if (error instanceof MasterKeyError) return say(error.message, exitStatus.masterKey);
  if (error instanceof StartError) return say(error.message, error.status);
  // The command line library marks what it has against arguments by this name only.
  const isUsage = error instanceof UsageError || (error instanceof Error && error.name === "CLIError");
  if (isUsage) return say(`${error.message}\nSee: headgate --help`, exitStatus.usage);
  console.error(error);
  return exitStatus.software;
}

function say(message: string, status: ExitStatus): ExitStatus {
  console.error(message);
  return status;
}
