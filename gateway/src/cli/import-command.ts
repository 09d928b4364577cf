import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { namePattern } from "../config/schema.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import type { ImportKind } from "./import/import-file.ts";
import { openOutput } from "./output.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const outputOptions = {
  out: {
    type: "string",
    valueHint: "headgate.yaml",
    description: "Write the configuration here instead of to stdout.",
  },
  force: { type: "boolean", description: "Overwrite the file that --out names." },
} as const satisfies ArgsDef;

const placeOptions = {
  account: { type: "string", valueHint: "id", description: "Account to import into (default)." },
  gateway: { type: "string", valueHint: "id", description: "Gateway to import into (default)." },
} as const satisfies ArgsDef;

const howToExport = "terraform's own language is not read here; import what `terraform show -json` prints";

/** `headgate import cloudflare|litellm|portkey FILE`: another gateway's configuration as headgate.yaml, and what became of each line of it. */
export const importCommand = defineCommand({
  meta: { name: "import", description: "Turn another gateway's configuration into headgate.yaml." },
  subCommands: {
    cloudflare: importing(
      "cloudflare",
      "Import what the API of Cloudflare AI Gateway, or terraform, tells of gateways.",
    ),
    litellm: importing("litellm", "Import the config.yaml of a LiteLLM proxy."),
    portkey: importing("portkey", "Import a Portkey config."),
  },
});

function importing(kind: ImportKind, description: string): CommandDef {
  const options: ArgsDef = kind === "cloudflare" ? outputOptions : { ...outputOptions, ...placeOptions };
  return defineCommand({
    meta: { name: kind, description },
    args: options,
    async run({ args }) {
      const given = args as Readonly<Record<string, unknown>>;
      const [file, ...more] = given["_"] as string[];
      rejectUnknownArguments({ ...given, _: more }, options);
      if (file === undefined) throw new UsageError(`import ${kind} takes a file; - is stdin`);
      const out = textOption(given, "out");
      const place = { account: nameOption(given, "account"), gateway: nameOption(given, "gateway") };
      // Not left to the writing: nothing should have been told by then.
      if (out !== undefined && given["force"] !== true && existsSync(out)) throw alreadyThere(out);
      const { importFile } = await import("./import/import-file.ts");
      const { parseSource } = await import("./import/import-source.ts");
      const { reportText } = await import("./import/report-text.ts");
      const text = await textOfFile(file);
      if (/^resource\s+"/m.test(text)) throw new StartError(`${file}: ${howToExport}`, exitStatus.noInput);
      const source = parseSource(file === "-" ? "stdin" : file, text);
      if (typeof source.root.value !== "object" || source.root.value === null)
        throw new StartError(`${file}: expected a mapping or a list`, exitStatus.noInput);
      const result = importFile(kind, source, place);
      process.stderr.write(reportText(result));
      if (out === undefined) await openOutput().print(result.yaml);
      else writeConfiguration(out, { text: result.yaml, isForced: given["force"] === true });
    },
  });
}

function textOption(args: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new UsageError(`--${name} takes a word`);
}

function nameOption(args: Readonly<Record<string, unknown>>, name: string): string {
  const value = textOption(args, name) ?? "default";
  if (namePattern.test(value)) return value;
  throw new UsageError(`--${name} takes a name of 1 to 64 letters, digits, "_" or "-", the first a letter or digit`);
}

async function textOfFile(file: string): Promise<string> {
  try {
    const bytes = file === "-" ? await Bun.stdin.bytes() : readFileSync(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = error instanceof TypeError ? "it is not UTF-8 text" : (error as Error).message;
    throw new StartError(`${file}: ${reason}`, exitStatus.noInput);
  }
}

function writeConfiguration(path: string, { text, isForced }: { text: string; isForced: boolean }): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: isForced ? "w" : "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw alreadyThere(path);
    throw new StartError(`${path}: ${(error as Error).message}`, exitStatus.cannotCreate);
  }
  process.stderr.write(`\nWritten to ${path}\n`);
}

function alreadyThere(path: string): StartError {
  return new StartError(`${path} is already there; --force overwrites it`, exitStatus.cannotCreate);
}
