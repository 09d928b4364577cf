import type { ChildRole } from "../supervisor/ipc-messages.ts";

/** Programs made by `bun build --compile` see their own files below this path. */
const compiledRoot = "/$bunfs/";

/** The command line that runs this program again in a role. */
export function roleCommand(role: ChildRole): string[] {
  return [...ownProgram(), "role", role];
}

/** The command line that copies a database; its path and the copy's follow. */
export function snapshotCommand(): string[] {
  return [...ownProgram(), "role", "snapshot"];
}

function ownProgram(): string[] {
  return isCompiled() ? [process.execPath] : [process.execPath, Bun.main];
}

/** The command line that checks a database; its path follows. */
export function integrityCommand(): string[] {
  return [...ownProgram(), "role", "check-database"];
}

/** How the user runs `headgate`: as a program, from an installed package, or in a checkout of the sources. */
export function userCommand(mainPath: string = Bun.main): string {
  if (isCompiled()) return "headgate";
  return mainPath.includes("/node_modules/") ? "npx headgate" : "npm run headgate --";
}

function isCompiled(): boolean {
  return Bun.main.startsWith(compiledRoot);
}
