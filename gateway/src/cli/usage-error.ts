import type { ArgsDef } from "citty";

/** The command line was not understood; the message tells what is wrong with it. */
export class UsageError extends Error {
  /** @param message for the user, one line. */
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/**
 * The library lets unknown options and further words pass; a misspelt filter that is silently ignored would mislead.
 * @throws UsageError naming the first argument that `known` does not have.
 */
export function rejectUnknownArguments(args: Readonly<Record<string, unknown>>, known: ArgsDef): void {
  const names = new Set(["_"]);
  for (const [name, definition] of Object.entries(known)) {
    const alias = "alias" in definition ? definition.alias : undefined;
    for (const each of [name, ...(alias === undefined ? [] : [alias].flat())]) names.add(each).add(camelCase(each));
  }
  const unknown = Object.keys(args).find((name) => !names.has(name));
  if (unknown !== undefined) throw new UsageError(`Unknown option ${unknown.length === 1 ? "-" : "--"}${unknown}`);
  const wanted = Object.values(known).filter(({ type }) => type === "positional").length;
  const word = (args["_"] as string[])[wanted];
  if (word !== undefined) throw new UsageError(`Unexpected argument ${word}`);
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
